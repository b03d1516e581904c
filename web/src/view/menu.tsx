import { h } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../types";
import { Icon } from "./icon";
import { useUI } from "./ui";

/** height is what a menu takes, in pixels. */
const height = 140;

/** Menu is what can be done with a message: answered, and the visitor's own ones edited and deleted. */
export function Menu({ m }: { m: Message }) {
  const { chat, composer, words } = useUI(), [open, setOpen] = useState(""), box = useRef<HTMLDivElement>(null), button = useRef<HTMLButtonElement>(null);
  const close = (focus = true) => { setOpen(""); if (focus) button.current?.focus(); };
  useLayoutEffect(() => {
    if (!open) return;
    box.current!.querySelector<HTMLElement>("[role=menuitem]")!.focus();
    const root = box.current!.getRootNode() as ShadowRoot;
    const away = (e: Event) => { if (!box.current?.parentElement!.contains(e.target as Node)) setOpen(""); };
    root.addEventListener("pointerdown", away);
    return () => root.removeEventListener("pointerdown", away);
  }, [open]);
  const toComposer = () => requestAnimationFrame(() => (chat.core.root.querySelector(".pp-input") as HTMLElement | null)?.focus());
  const items: [string, string, string, () => void][] = [["reply", words.reply, "pp-menu-reply", () => { chat.store.set({ replyTo: m }); close(false); toComposer(); }]];
  if (m.sender === "visitor") {
    if (m.content) items.push(["edit", words.edit, "pp-menu-edit", () => { chat.store.set({ editing: m }); close(false); }]);
    items.push(["remove", words.remove, "pp-menu-delete", () => { close(); composer.remove(m).catch(() => chat.store.set({ notice: words.error })); }]);
  }
  /** above is where a menu opens, unless there is no room. */
  const toggle = () => {
    const list = button.current!.closest(".pp-messages")!.getBoundingClientRect(), here = button.current!.getBoundingClientRect();
    setOpen(open ? "" : here.top - list.top > height ? "above" : "below");
  };
  const keyed = (e: KeyboardEvent) => {
    const all = [...box.current!.querySelectorAll<HTMLElement>("[role=menuitem]")], at = all.indexOf(e.target as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
    if (e.key === "Escape" || e.key === "Tab") { e.preventDefault(); e.stopPropagation(); close(); }
    if (to !== undefined) { e.preventDefault(); all[(to + all.length) % all.length].focus(); }
  };
  return (
    <div class={`pp-actions ${open ? "pp-open" : ""}`}>
      <button ref={button} type="button" class="pp-actions-btn" aria-label={words.actions} aria-haspopup="menu" aria-expanded={!!open} onClick={toggle}><Icon name="dots" size={18} /></button>
      {open && (
        <div ref={box} class={`pp-message-menu pp-${open}`} role="menu" aria-label={words.actions} onKeyDown={keyed}>
          {items.map(([icon, label, name, act]) => <button key={name} type="button" role="menuitem" tabIndex={-1} class={name} onClick={act}><Icon name={icon} size={17} />{label}</button>)}
        </div>
      )}
    </div>
  );
}
