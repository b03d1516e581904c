// The panel: everything but the toggle. The loader fetches it when the chat is wanted.
import { h, render } from "preact";
import type { Core, Panel } from "./types";
import { keys, read, write } from "./keep";
import { load } from "./locale/load";
import { language } from "./locale/choose";
import { narrow } from "./loader/when";
import { attend } from "./state/attend";
import { Chat } from "./state/chat";
import { Composer } from "./state/compose";
import { store as makeStore } from "./state/store";
import { adopt, dark, sheet } from "./style/sheet";
import css from "./style/panel.css";
import messageCSS from "./style/message.css";
import formCSS from "./style/form.css";
import { colours } from "./style/theme";
import { App } from "./view/app";

export function start(core: Core): Panel {
  const o = core.options, theme = sheet(""), own = sheet(""), scheme = matchMedia("(prefers-color-scheme: dark)");
  const store = makeStore({
    open: false, sessionId: null, mode: "lost", messages: [], typing: false, online: false, reachable: true, unread: 0, appearance: { ...o },
    dark: dark(o.theme), lang: language(o.locale), draft: read(keys.draft) || "", files: [], replyTo: null, editing: null, csat: "",
    preChat: null, screenshot: null, warning: null, closed: false, notice: "", blocked: false,
  });
  const chat = new Chat(core, store), composer = new Composer(chat), stopAttending = attend(chat);
  const box = document.createElement("div");
  box.id = "pocketping-widget";
  adopt(core.root, sheet(css), sheet(messageCSS), sheet(formCSS), theme, own);
  core.root.insertBefore(box, core.toggle);

  const paint = () => {
    const { appearance, dark: night } = store.get();
    theme.replaceSync(colours(appearance, night));
    try { own.replaceSync(appearance.customCSS || ""); } catch { /* what is no style sheet styles nothing */ }
  };
  const themed = () => { store.set({ dark: dark(o.theme), lang: language(o.locale) }); paint(); void speak(); };
  let words = load(store.get().lang), shownIn = "";
  const speak = async () => {
    const lang = store.get().lang;
    if (lang !== shownIn) words = load(lang);
    const said = await words;
    if (lang === store.get().lang && box.isConnected) { shownIn = lang; render(h(App, { chat, composer, words: said, close: () => panel.close() }), box); }
  };

  chat.joined = () => { composer.pump(); chat.counted(); paint(); };
  chat.opened = () => panel.open();
  const heard = chat.incoming;
  chat.incoming = (m) => {
    heard(m);
    // On a phone the chat takes the whole screen: a badge is enough.
    if (o.autoOpenOnMessage !== false && !matchMedia(narrow).matches) panel.open();
  };
  const escaped = (e: KeyboardEvent) => { if (e.key === "Escape") panel.close(); };
  core.toggle.addEventListener("keydown", escaped);
  scheme.addEventListener("change", themed);
  paint();
  void speak();
  void chat.connect().catch(() => { /* told as an error event */ });

  const panel: Panel = {
    open() {
      if (store.get().open) return;
      store.set({ open: true });
      if (o.persistOpenState) write(keys.open, "1");
      core.show({ open: true });
      core.emit("open");
    },
    close() {
      if (!store.get().open) return;
      store.set({ open: false });
      write(keys.open, null);
      core.show({ open: false });
      core.emit("close");
      core.toggle.focus({ preventScroll: true });
    },
    isOpen: () => store.get().open,
    send: (content, attachmentIds, replyTo) => composer.send(content, attachmentIds, replyTo),
    upload: (file, progress) => composer.upload(file, progress || (() => {})),
    trigger: (name, data, more) => chat.trigger(name, data, more),
    async identify(identity) {
      if (!chat.session) return; // the connect under way tells it
      const { sessionId } = await chat.call<{ sessionId?: string }>("POST", "/identify", { sessionId: chat.session, identity });
      if (sessionId) await chat.connect(); // whoever has proven who he is goes on where he was on another device
    },
    async reset(more) { if (more?.newSession) { composer.clear(); await chat.restart(); } },
    configure(given) { chat.configure(given); themed(); },
    track: (elements) => chat.tracked(elements),
    destroy() {
      chat.leave("manual");
      scheme.removeEventListener("change", themed);
      core.toggle.removeEventListener("keydown", escaped);
      stopAttending();
      composer.stop();
      chat.stop();
      render(null, box);
      box.remove();
    },
  };
  return panel;
}
