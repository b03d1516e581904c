import type { Attachment } from "../types";
import { keys, readJSON, write } from "../keep";
import { Refused, type Call } from "./call";
import { delay, pauser } from "./pause";

/** Item is a message that the server has not confirmed yet. */
export interface Item {
  key: string; content: string; attachmentIds: string[]; attachments?: Attachment[]; replyTo?: string; at: string;
}
export interface Sent { messageId: string; timestamp: string; attachments?: Attachment[] }

interface OutboxOptions {
  call: Call;
  session(): string | null;
  /** renew finds a session anew when the server no longer knows this one. */
  renew(): Promise<void>;
  sent(item: Item, answer: Sent): void;
  /** refused is told of what will never be taken. */
  refused(item: Item, why: Refused): void;
}

/** Outbox sends one message after the other, again and again until the server has answered. What it holds outlives the page. */
export class Outbox {
  private items: Item[] = readJSON<Item[]>(keys.outbox) || [];
  private busy = false;
  private stopped = false;
  private pause = pauser();

  constructor(private o: OutboxOptions) { addEventListener("online", this.pause.wake); }

  waiting(): Item[] { return this.items; }

  add(item: Item): void {
    this.items.push(item);
    this.save();
    void this.pump();
  }

  /** drop forgets what was not sent. */
  drop(key: string): void {
    this.items = this.items.filter((item) => item.key !== key);
    this.save();
  }

  /** clear forgets everything: another visitor is not to say it. */
  clear(): void {
    this.items = [];
    this.save();
    this.pause.wake();
  }

  stop(): void { this.stopped = true; removeEventListener("online", this.pause.wake); this.pause.wake(); }

  private save(): void { write(keys.outbox, this.items.length ? JSON.stringify(this.items) : null); }

  async pump(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    for (let fails = 0; this.items.length && this.o.session() && !this.stopped;) {
      const item = this.items[0];
      try {
        const answer = await this.post(item);
        if (this.items[0] !== item) continue; // cleared meanwhile
        this.drop(item.key);
        this.o.sent(item, answer);
        fails = 0;
      } catch (error) {
        const why = error as Refused;
        if (why.code === "unknown_session") {
          await this.o.renew().catch(() => {});
          fails++;
        } else if (!why.passing) {
          this.drop(item.key);
          this.o.refused(item, why);
          continue;
        }
        await this.pause.wait(Math.max(why.retryAfter * 1000 || 0, delay(fails++, 500, 20000)));
      }
    }
    this.busy = false;
  }

  private post(item: Item): Promise<Sent> {
    return this.o.call<Sent>("POST", "/message", {
      sessionId: this.o.session(), content: item.content, sender: "visitor", attachmentIds: item.attachmentIds, replyTo: item.replyTo,
      idempotencyKey: item.key,
    });
  }
}
