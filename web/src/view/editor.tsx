import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { longest } from "../state/compose";
import { trap } from "./trap";
import { useUI, useValue } from "./ui";

/** Editor changes a message of the visitor's. */
export function Editor() {
  const m = useValue((s) => s.editing);
  return m ? <Form key={m.id} /> : null;
}

function Form() {
  const { chat, composer, words } = useUI(), m = chat.store.get().editing!, [text, setText] = useState(m.content), [error, setError] = useState("");
  const box = useRef<HTMLFormElement>(null), input = useRef<HTMLTextAreaElement>(null);
  useEffect(() => { input.current!.focus(); input.current!.setSelectionRange(text.length, text.length); }, []);
  const close = () => {
    chat.store.set({ editing: null });
    (chat.core.root.querySelector(".pp-input") as HTMLElement | null)?.focus();
  };
  const save = (e: Event) => {
    e.preventDefault();
    if (!text.trim()) return;
    if (text === m.content) return close();
    composer.edit(m, text).then(close, () => setError(words.error));
  };
  return (
    <div class="pp-edit-modal" role="dialog" aria-modal="true" aria-label={words.editing}
      onKeyDown={(e) => { if (e.key === "Escape") { e.preventDefault(); e.stopPropagation(); close(); } else { trap(e, box.current!); if (e.key === "Tab") e.stopPropagation(); } }}>
      <form ref={box} onSubmit={save}>
        <label for="pp-edit">{words.editing}</label>
        <textarea ref={input} id="pp-edit" class="pp-edit-input" maxLength={longest} rows={4} dir="auto" value={text} onInput={(e) => setText(e.currentTarget.value)} />
        {error && <p class="pp-form-error" role="alert">{error}</p>}
        <div class="pp-buttons">
          <button type="button" class="pp-edit-cancel" onClick={close}>{words.cancel}</button>
          <button type="submit" class="pp-edit-save" disabled={!text.trim()}>{words.save}</button>
        </div>
      </form>
    </div>
  );
}
