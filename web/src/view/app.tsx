import { Fragment, h } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { narrow } from "../loader/when";
import { sheet } from "../style/sheet";
import { Announcer } from "./announcer";
import { Compose } from "./compose";
import { Csat } from "./csat";
import { Editor } from "./editor";
import { Form } from "./form";
import { Header } from "./header";
import { List } from "./list";
import { Notice } from "./notice";
import { Shot } from "./shot";
import { trap } from "./trap";
import { wanted } from "./wanted";
import { Context, useUI, useValue, type UI } from "./ui";
import { Icon } from "./icon";

export function App(ui: UI) {
  return <Context.Provider value={ui}><Window /></Context.Provider>;
}

function Window() {
  const { chat, composer, words, close } = useUI(), box = useRef<HTMLDivElement>(null);
  const open = useValue((s) => s.open), dark = useValue((s) => s.dark), form = useValue(wanted);
  const left = useValue((s) => s.appearance.position === "bottom-left"), [drop, setDrop] = useState(false);
  useKeyboardHeight(open);
  useLayoutEffect(() => { if (open) focus(box.current!); }, [open]);
  const full = matchMedia(narrow).matches;
  const files = (e: DragEvent) => !!e.dataTransfer?.types.includes("Files") && !form;
  return (
    <div
      ref={box} role="dialog" aria-label={words.title} aria-modal={full ? "true" : undefined} inert={!open}
      class={`pp-window pp-theme-${dark ? "dark" : "light"} ${open ? "pp-open" : ""} ${left ? "pp-left" : "pp-right"}`}
      onKeyDown={(e) => { if (e.key === "Escape" && !e.defaultPrevented) { e.stopPropagation(); close(); } else trap(e, box.current!); }}
      onDragOver={(e) => { if (files(e)) { e.preventDefault(); setDrop(true); } }}
      onDragLeave={(e) => { if (!box.current!.contains(e.relatedTarget as Node)) setDrop(false); }}
      onDrop={(e) => { setDrop(false); if (files(e)) { e.preventDefault(); composer.attach(e.dataTransfer!.files); } }}
    >
      <Header />
      <Notice />
      {form ? <Form form={form} /> : <Fragment><List /><Csat /><Shot /><Compose /></Fragment>}
      <div class="pp-footer"><Icon name="bell" size={14} /><span>Bellhop</span></div>
      <Editor />
      <Announcer />
      {drop && <div class="pp-drop-overlay"><Icon name="clip" size={32} /><strong>{words.drop}</strong></div>}
    </div>
  );
}

/** focus goes to the text, but on a phone not: its keyboard would cover what is to be read. */
function focus(box: HTMLElement): void {
  const touch = matchMedia("(pointer: coarse)").matches;
  const first = touch ? null : box.querySelector<HTMLElement>(".pp-prechat input, .pp-input:enabled");
  (first || box.querySelector<HTMLElement>(".pp-close-btn"))!.focus({ preventScroll: true });
}

/** useKeyboardHeight keeps the composer above a phone's keyboard. */
function useKeyboardHeight(open: boolean): void {
  const { chat } = useUI();
  useEffect(() => {
    const view = window.visualViewport;
    if (!open || !view) return;
    const own = sheet(""), fit = () => own.replaceSync(`.pp-window{--pp-screen:${Math.round(view.height)}px;--pp-top:${Math.round(view.offsetTop)}px}`);
    fit();
    chat.core.root.adoptedStyleSheets.push(own);
    for (const change of ["resize", "scroll"]) view.addEventListener(change, fit);
    return () => {
      for (const change of ["resize", "scroll"]) view.removeEventListener(change, fit);
      chat.core.root.adoptedStyleSheets = chat.core.root.adoptedStyleSheets.filter((s) => s !== own);
    };
  }, [open]);
}
