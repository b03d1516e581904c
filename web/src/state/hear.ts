import type { Frame } from "../client/transport";
import type { Chat } from "./chat";
import { change } from "./messages";
import type { Screenshot } from "./store";

/** typingFor is how long "is typing" is believed without being said again, in milliseconds. */
const typingFor = 8000;
let typingTimer = 0;

type Reaction = (chat: Chat, data: any) => void;

const reactions: Record<string, Reaction> = {
  message: (chat, m) => chat.takeAll([m]),
  message_edited: (chat, d) => edit(chat, [d.messageId], { content: d.content, editedAt: d.editedAt }),
  message_deleted: (chat, d) => edit(chat, [d.messageId], { deletedAt: d.deletedAt || new Date(0).toISOString() }),
  read: (chat, d) => {
    edit(chat, d.messageIds, { status: d.status, readAt: d.readAt, deliveredAt: d.deliveredAt });
    chat.core.emit("read", d);
  },
  typing: (chat, d) => { if (d.sender !== "visitor") typing(chat, d.isTyping !== false); },
  presence: (chat, d) => {
    chat.store.set({ online: !!d.online });
    chat.core.show({ online: !!d.online });
    chat.core.emit("presence", d);
  },
  event: (chat, d) => { if (typeof d.name === "string") chat.core.emit("event", d); },
  ai_takeover: (chat, d) => chat.core.emit("aiTakeover", d),
  version_warning: (chat, d) => chat.warn(d),
  config_update: (chat, d) => { chat.tracked(d.trackedElements || []); chat.core.emit("configUpdate", d); },
  screenshot_request: (chat, d: Screenshot) => {
    if (!done.has(d.requestId)) { done.add(d.requestId); chat.store.set({ screenshot: d }); chat.opened(); }
  },
  csat_request: (chat, d) => {
    const at = String(d?.requestedAt || "");
    if (!done.has(`csat:${at}`)) { done.add(`csat:${at}`); chat.store.set({ csat: "ask" }); chat.opened(); }
  },
  session_closed: (chat, d) => { chat.store.set({ closed: true }); chat.core.emit("sessionClosed", d); },
  session_reopened: (chat, d) => { chat.store.set({ closed: false }); chat.core.emit("sessionReopened", d); },
};
/** done are the requests that the visitor was shown: a replay brings them again. */
const done = new Set<string>();

/** hear takes a frame of the server. Unknown types are of a newer server. */
export function hear(chat: Chat, frame: Frame): void {
  if (Object.hasOwn(reactions, frame.type)) reactions[frame.type](chat, frame.data || {});
}

function edit(chat: Chat, ids: unknown, news: object): void {
  if (!Array.isArray(ids)) return;
  chat.store.set({ messages: change(chat.store.get().messages, ids, news) });
  chat.counted();
}

function typing(chat: Chat, is: boolean): void {
  clearTimeout(typingTimer);
  chat.store.set({ typing: is });
  chat.core.emit("typing", is);
  if (is) typingTimer = window.setTimeout(() => typing(chat, false), typingFor);
}
