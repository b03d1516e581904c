import { h } from "preact";
import type { Message, Quote } from "../types";
import { useUI, useValue } from "./ui";

/** QuoteOf is what a message answers: the server's object, or a message of the list. */
export function QuoteOf({ of }: { of: string | Quote }) {
  const { words } = useUI(), known = useValue((s) => (typeof of === "string" ? s.messages.find((m) => m.id === of) : null));
  const quote = typeof of === "string" ? known && asQuote(known) : of;
  if (!quote) return null;
  return (
    <div class="pp-reply-quote">
      <span class="pp-reply-sender">{quote.sender === "visitor" ? words.you : words.team}</span>
      <span class="pp-reply-content">{preview(quote, words.deleted, words.file)}</span>
    </div>
  );
}

export const asQuote = (m: Message): Quote => ({
  id: m.id, content: m.content, sender: m.sender, deleted: !!m.deletedAt, hasAttachment: !!m.attachments?.length, attachmentType: m.attachments?.[0]?.mimeType,
});

export function preview(q: Quote, deleted: string, file: string): string {
  return q.deleted ? deleted : q.content || (q.hasAttachment ? `📎 ${file}` : "");
}
