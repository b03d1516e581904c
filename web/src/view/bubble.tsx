import { Fragment, h } from "preact";
import { temporary } from "../state/messages";
import type { Message } from "../types";
import { Attachments } from "./attachment";
import { Icon } from "./icon";
import { markdown } from "./markdown";
import { Menu } from "./menu";
import { QuoteOf } from "./quote";
import { time, useUI, useValue } from "./ui";

/** Bubble is one message: its text, its files, when it was said, and how far it has come. */
export function Bubble({ m, name, last }: { m: Message; name: string; last: boolean }) {
  const { words } = useUI(), lang = useValue((s) => s.lang), mine = m.sender === "visitor", waits = m.status === "sending" || m.status === "failed";
  return (
    <div class="pp-message-body">
      {name && <div class="pp-sender">{name}{m.sender === "ai" && <span class="pp-ai-badge">AI</span>}</div>}
      <div class="pp-message-line">
        <div class={`pp-message-content ${onlyEmoji(m) ? "pp-emoji" : ""}`} dir="auto">
          {m.replyTo && <QuoteOf of={m.replyTo} />}
          {m.deletedAt
            ? <span class="pp-deleted-content"><span class="pp-deleted-icon"><Icon name="remove" size={14} /></span>{words.deleted}</span>
            : <Fragment>{m.content && <div class="pp-text">{markdown(m.content)}</div>}{!!m.attachments?.length && <Attachments files={m.attachments} />}</Fragment>}
        </div>
        {!m.deletedAt && (temporary(m) ? <div class="pp-actions" /> : <Menu m={m} />)}
      </div>
      {(last || waits || m.editedAt) && (
        <div class="pp-message-time">
          {m.status === "failed" ? <Failed m={m} /> : <time dateTime={m.timestamp}>{time(lang, m.timestamp)}</time>}
          {m.editedAt && !m.deletedAt && <span class="pp-edited-badge">{words.edited}</span>}
          {mine && !m.deletedAt && m.status !== "failed" && <Ticks m={m} />}
        </div>
      )}
    </div>
  );
}

/** Ticks: a clock, one, two, two in colour. */
function Ticks({ m }: { m: Message }) {
  const { words } = useUI(), status = m.status || "sent", label = words[status as "sent"];
  const kind = status === "read" ? "pp-check-read" : status === "delivered" ? "pp-check-double" : "pp-check";
  return (
    <span class={`pp-status ${kind}`} role="img" aria-label={label} title={label}>
      {status === "sending" ? <Icon name="clock" size={13} /> : <Icon name="check" size={14} />}
      {(status === "read" || status === "delivered") && <Icon name="check" size={14} />}
    </span>
  );
}

function Failed({ m }: { m: Message }) {
  const { words, composer } = useUI();
  return (
    <span class="pp-not-sent" role="alert">
      {words.failed} · <button type="button" onClick={() => composer.again(m)}>{words.retry}</button> · <button type="button" onClick={() => composer.discard(m)}>{words.discard}</button>
    </span>
  );
}

/** onlyEmoji are shown large: one to three of them and nothing else. */
function onlyEmoji(m: Message): boolean {
  return !m.deletedAt && !m.replyTo && !m.attachments?.length && m.content.length <= 24 && /^(\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F\u200D]*){1,3}$/u.test(m.content.trim());
}
