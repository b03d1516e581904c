import type { Attachment, Message } from "../types";
import { Refused } from "../client/call";
import { Outbox, type Item } from "../client/outbox";
import { upload } from "../client/upload";
import { random } from "../client/visitor";
import { keys, write } from "../keep";
import type { Chat } from "./chat";
import { change, confirm } from "./messages";

/** typingEvery is how often the team is told that the visitor types, in milliseconds. */
const typingEvery = 3000;
export const longest = 4000;

/** Composer is what the visitor says: messages, edits, files, typing. */
export class Composer {
  private outbox: Outbox;
  private typed = 0;
  private promises = new Map<string, { resolve(m: Message): void; reject(e: Error): void }>();

  constructor(private chat: Chat) {
    this.outbox = new Outbox({
      call: chat.call, session: () => chat.session, renew: () => chat.connect(),
      sent: (item, answer) => {
        this.set((list) => confirm(list, item.key, { id: answer.messageId, timestamp: answer.timestamp, attachments: answer.attachments }));
        this.settle(item.key);
      },
      refused: (item, why) => {
        this.set((list) => list.map((m) => (m.key === item.key ? { ...m, status: "failed" } : m)));
        this.promises.get(item.key)?.reject(why);
        chat.core.emit("error", why);
      },
    });
    this.set((list) => [...list, ...this.outbox.waiting().map((item) => this.bubble(item))]);
  }

  pump(): void { void this.outbox.pump(); }
  stop(): void { this.outbox.stop(); }
  clear(): void { this.outbox.clear(); }

  private set(change: (list: Message[]) => Message[]): void {
    this.chat.store.set({ messages: change(this.chat.store.get().messages) });
  }

  private bubble(item: Item): Message {
    return {
      id: `temp-${item.key}`, key: item.key, content: item.content, sender: "visitor", timestamp: item.at, status: "sending",
      attachments: item.attachments, replyTo: item.replyTo,
    };
  }

  private settle(key: string): void {
    const sent = this.chat.store.get().messages.find((m) => m.key === key);
    if (!sent) return;
    this.promises.get(key)?.resolve(sent);
    this.promises.delete(key);
    this.chat.core.emit("message", sent);
  }

  /** send shows a message at once, and sends it when there is a connection. */
  send(content: string, attachmentIds: string[] = [], replyTo?: string, attachments?: Attachment[]): Promise<Message> {
    if (!content.trim() && !attachmentIds.length) return Promise.reject(new Error("[Bellhop] a message needs text or files"));
    if (content.length > longest) return Promise.reject(new Error(`[Bellhop] a message has at most ${longest} characters`));
    const item: Item = { key: random(22), content, attachmentIds, attachments, replyTo, at: new Date().toISOString() };
    this.chat.store.set({ closed: false });
    this.set((list) => [...list, this.bubble(item)]);
    return new Promise((resolve, reject) => {
      this.promises.set(item.key, { resolve, reject });
      this.outbox.add(item);
    });
  }

  /** again sends what was refused, under its old key. */
  again(m: Message): void {
    this.set((list) => list.map((known) => (known === m ? { ...known, status: "sending" } : known)));
    this.outbox.add({
      key: m.key!, content: m.content, attachmentIds: (m.attachments || []).map((a) => a.id), attachments: m.attachments,
      replyTo: typeof m.replyTo === "string" ? m.replyTo : m.replyTo?.id, at: m.timestamp,
    });
  }

  discard(m: Message): void {
    this.outbox.drop(m.key!);
    this.set((list) => list.filter((known) => known !== m));
  }

  async edit(m: Message, content: string): Promise<void> {
    const answer = await this.chat.call<{ message: Partial<Message> }>("PATCH", `/message/${encodeURIComponent(m.id)}`, { sessionId: this.chat.session, content });
    this.set((list) => change(list, [m.id], answer.message));
  }

  async remove(m: Message): Promise<void> {
    await this.chat.call("DELETE", `/message/${encodeURIComponent(m.id)}?sessionId=${encodeURIComponent(this.chat.session || "")}`);
    this.set((list) => change(list, [m.id], { deletedAt: m.timestamp }));
  }

  /** submit sends what is in the composer. */
  submit(): void {
    const { draft, files, replyTo } = this.chat.store.get();
    const done = files.flatMap((f) => (f.done ? [f.done] : []));
    if ((!draft.trim() && !done.length) || files.some((f) => !f.done && !f.error)) return;
    this.send(draft, done.map((a) => a.id), replyTo?.id, done).catch(() => { /* its bubble says so */ });
    this.chat.store.set({ files: [], replyTo: null, notice: "" });
    this.draft("");
    this.typed = 0;
    this.tell(false);
  }

  /** draft keeps what is typed, over pages. */
  draft(text: string): void {
    this.chat.store.set({ draft: text });
    write(keys.draft, text || null);
    if (!text || Date.now() - this.typed < typingEvery) return;
    this.typed = Date.now();
    this.tell(true);
  }

  private tell(isTyping: boolean): void {
    if (this.chat.session && this.chat.store.get().mode !== "lost") {
      this.chat.call("POST", "/typing", { sessionId: this.chat.session, sender: "visitor", isTyping }).catch(() => {});
    }
  }

  /** attach uploads files into the composer. */
  attach(files: Iterable<File>): void { for (const file of files) void this.attachOne(file); }

  private async attachOne(file: File): Promise<void> {
    const key = random(8), stop = new AbortController(), store = this.chat.store;
    const patch = (change: object) => store.set({ files: store.get().files.map((f) => (f.key === key ? { ...f, ...change } : f)) });
    store.set({ files: [...store.get().files, { key, file, percent: 0, stop: () => { stop.abort(); this.detach(key); } }] });
    try {
      patch({ done: await this.upload(file, (percent) => patch({ percent }), stop.signal), percent: 100 });
    } catch (error) { patch({ error: (error as Refused).message }); }
  }

  private detach(key: string): void {
    this.chat.store.set({ files: this.chat.store.get().files.filter((f) => f.key !== key) });
  }

  async upload(file: File, progress: (percent: number) => void, signal?: AbortSignal): Promise<Attachment> {
    if (!this.chat.session) await this.chat.connect();
    return upload(this.chat.call, this.chat.session!, file, progress, signal);
  }
}
