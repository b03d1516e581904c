import { Fragment, h } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { longest } from "../state/compose";
import { Files } from "./files";
import { Icon } from "./icon";
import { asQuote, preview } from "./quote";
import { useUI, useValue } from "./ui";

/** accepted is what the file dialog offers. */
const accepted = "image/*,audio/*,video/*,.pdf,.doc,.docx,.xls,.xlsx,.txt,.csv,.zip";
/** warnAt is from how many characters left on they are counted. */
const warnAt = 200;

/** Compose is where the visitor writes. */
export function Compose() {
  const { chat, composer, words } = useUI(), text = useRef<HTMLTextAreaElement>(null), picker = useRef<HTMLInputElement>(null);
  const draft = useValue((s) => s.draft), files = useValue((s) => s.files), blocked = useValue((s) => s.blocked), placeholder = useValue((s) => s.appearance.placeholder);
  const uploading = files.some((f) => !f.done && !f.error), empty = !draft.trim() && !files.some((f) => f.done), left = longest - draft.length;
  useLayoutEffect(() => {
    const el = text.current!;
    el.style.height = "auto"; // by CSSOM: a content policy allows it
    el.style.height = `${Math.min(el.scrollHeight, 132)}px`;
  }, [draft]);
  const submit = (e: Event) => { e.preventDefault(); composer.submit(); text.current!.focus(); };
  return (
    <form class="pp-input-form" onSubmit={submit}>
      <ReplyTo />
      <Files />
      <div class="pp-input-row">
        <input ref={picker} class="pp-file-input" type="file" multiple accept={accepted} tabIndex={-1} aria-hidden="true"
          onChange={() => { composer.attach([...picker.current!.files!]); picker.current!.value = ""; text.current!.focus(); }} />
        <button type="button" class="pp-attach-btn" aria-label={words.attach} disabled={blocked} onClick={() => picker.current!.click()}><Icon name="clip" /></button>
        <textarea
          ref={text} class="pp-input" rows={1} maxLength={longest} value={draft} placeholder={placeholder || words.placeholder} aria-label={placeholder || words.placeholder}
          disabled={blocked} dir="auto" enterkeyhint="send" onInput={(e) => composer.draft(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key === "Enter" && !e.shiftKey && !e.isComposing && e.keyCode !== 229) submit(e);
            if (e.key === "Escape" && chat.store.get().replyTo) { e.preventDefault(); e.stopPropagation(); chat.store.set({ replyTo: null }); }
          }}
          onPaste={(e) => { const given = e.clipboardData?.files; if (given?.length) { e.preventDefault(); composer.attach(given); } }}
        />
        <button type="submit" class="pp-send-btn" aria-label={words.send} disabled={empty || uploading || blocked}><Icon name="send" /></button>
      </div>
      {left < warnAt && <div class="pp-count" role="status">{left} {words.chars}</div>}
    </form>
  );
}

function ReplyTo() {
  const { chat, words } = useUI(), m = useValue((s) => s.replyTo);
  if (!m) return <Fragment />;
  return (
    <div class="pp-reply-preview">
      <div>
        <span class="pp-reply-sender">{words.replying} {m.sender === "visitor" ? words.you : m.operatorName || words.team}</span>
        <span class="pp-reply-content">{preview(asQuote(m), words.deleted, words.file)}</span>
      </div>
      <button type="button" class="pp-reply-cancel" aria-label={words.cancel} onClick={() => chat.store.set({ replyTo: null })}><Icon name="close" size={16} /></button>
    </div>
  );
}
