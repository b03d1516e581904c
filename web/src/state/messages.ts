import type { Message, Status } from "../types";

const rank: Record<Status, number> = { failed: 0, sending: 0, sent: 1, delivered: 2, read: 3 };
/** skew is how far a browser's clock may be from the server's for an echo to be known by its text, in milliseconds. */
const skew = 5 * 60e3;

export const temporary = (m: Message): boolean => m.id.startsWith("temp-");

/** update merges news into a message: absent fields stay, a status goes forward only. The same message when nothing is new. */
export function update(known: Message, news: Partial<Message>): Message {
  const next = { ...known } as Record<string, unknown>;
  let changed = false;
  for (const [key, value] of Object.entries(news)) {
    if (value === undefined || value === null || JSON.stringify(next[key]) === JSON.stringify(value)) continue;
    if (key === "status" && rank[value as Status] < rank[known.status || "sending"]) continue;
    if (key === "content" && known.deletedAt) continue;
    next[key] = value;
    changed = true;
  }
  if (news.deletedAt && !known.deletedAt) { next.content = ""; next.attachments = []; }
  return changed ? (next as unknown as Message) : known;
}

/** take adds a message of the server, or updates the one that is there, or gives a sent one its id. */
export function take(list: Message[], m: Message): Message[] {
  const at = last(list, (known) => known.id === m.id);
  if (at >= 0) return replace(list, at, update(list[at], m));
  const echo = m.sender === "visitor" ? list.findIndex((t) => temporary(t) && t.status === "sending" && t.content === m.content
    && (t.attachments?.length || 0) === (m.attachments?.length || 0) && Date.parse(m.timestamp) > Date.parse(t.timestamp) - skew) : -1;
  if (echo >= 0) return place(list.filter((_, i) => i !== echo), { ...list[echo], ...m, status: m.status || "sent" });
  return place(list, m);
}

/** confirm gives the message with a key what the server has answered. */
export function confirm(list: Message[], key: string, answer: Partial<Message> & { id: string }): Message[] {
  const at = last(list, (m) => m.key === key);
  if (at < 0) return list;
  const echoed = last(list, (m) => m.id === answer.id && m.key !== key);
  const rest = list.filter((_, i) => i !== at && i !== echoed);
  const known = echoed >= 0 ? update(list[echoed], { key }) : list[at];
  const status = rank[known.status || "sending"] ? known.status : "sent";
  return place(rest, { ...known, ...answer, attachments: answer.attachments || known.attachments, status });
}

/** change updates messages by their ids. */
export function change(list: Message[], ids: string[], news: Partial<Message>): Message[] {
  const wanted = new Set(ids);
  return list.map((m) => (wanted.has(m.id) ? update(m, news) : m));
}

/** place puts a message where its time says: what is not sent yet stays at the end. */
function place(list: Message[], m: Message): Message[] {
  let at = list.length;
  if (!temporary(m)) while (at > 0 && (temporary(list[at - 1]) || list[at - 1].timestamp > m.timestamp)) at--;
  return [...list.slice(0, at), m, ...list.slice(at)];
}

function replace(list: Message[], at: number, m: Message): Message[] {
  return list[at] === m ? list : list.map((known, i) => (i === at ? m : known));
}

function last(list: Message[], is: (m: Message) => boolean): number {
  for (let i = list.length - 1; i >= 0; i--) if (is(list[i])) return i;
  return -1;
}

/** position is the newest instant that the server has told of: never one of this browser's clock. */
export function position(list: Message[]): string {
  return list.reduce((newest, m) => (temporary(m) ? newest
    : [m.timestamp, m.editedAt, m.deletedAt, m.deliveredAt, m.sender === "visitor" ? m.readAt : ""].reduce<string>((a, b) => (b && b > a ? b : a), newest)), "");
}

/** newest is the id of the last message that the server has. */
export function newest(list: Message[]): string {
  const at = last(list, (m) => !temporary(m));
  return at < 0 ? "" : list[at].id;
}

export const unread = (list: Message[]): Message[] => list.filter((m) => m.sender !== "visitor" && m.status !== "read" && !m.deletedAt);
