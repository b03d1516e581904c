import type { Message } from "../types";
import type { Refused } from "../client/call";
import { Link, type Mode } from "../client/link";
import type { Frame } from "../client/transport";
import type { Chat } from "./chat";
import { hear } from "./hear";
import { newest, position } from "./messages";

interface Page { messages: Message[]; hasMore: boolean; closed?: boolean; position?: string }

/** Line is how a page hears its conversation, and where it was when it heard last. */
export class Line {
  private link: Link | null = null;
  private session = "";
  private events: object[] = [];
  /** at is the server's position up to which everything was told; empty for a server that has none. */
  private at = "";

  constructor(private chat: Chat) {}

  /** listen hears a session from a position on, and nothing else any more. */
  listen(session: string, at = ""): void {
    this.stop();
    this.session = session;
    this.at = at;
    this.link = new Link({
      address: () => `${this.chat.core.endpoint}/stream${this.query()}`,
      hear: (frame) => { if (session === this.chat.session) this.take(frame); },
      poll: () => this.poll(),
      changed: (mode, again) => this.heard(mode, again),
    });
    this.link.start();
  }

  stop(): void { this.link?.stop(); }

  /** tell sends a custom event. Only a socket carries events: what finds none waits for the next. */
  tell(event: object): void {
    if (!this.say(event)) this.events = [...this.events.slice(-49), event];
  }

  private say(data: object): boolean { return !!this.link?.say({ type: "event", data }); }

  private heard(mode: Mode, again: boolean): void {
    const { store, core } = this.chat, before = store.get().mode;
    store.set({ mode });
    if (mode === "lost" && before !== "lost") core.emit("disconnect");
    if (mode === "lost") return;
    if (again && before === "lost" && mode !== "polling" && !this.at) void this.catchUp().catch(() => {});
    if (mode === "socket") this.events = this.events.filter((event) => !this.say(event));
  }

  /** query names the session, and what this page knows of it: its position, or for a server without any the newest instant. */
  private query(since = true): string {
    const after = since && !this.at && position(this.chat.store.get().messages);
    return `?sessionId=${encodeURIComponent(this.session)}`
      + (since && this.at ? `&position=${encodeURIComponent(this.at)}` : after ? `&after=${encodeURIComponent(after)}` : "");
  }

  private take(frame: Frame): void {
    hear(this.chat, frame);
    if (frame.position) this.at = frame.position;
    if (frame.type === "reset") void this.catchUp().catch(() => {});
  }

  /** catchUp reads the conversation anew: what came after the last known message, page by page, and then the newest page for what
   * has changed. */
  private async catchUp(): Promise<void> {
    for (let more = true, last = ""; more;) {
      const after = newest(this.chat.store.get().messages);
      if (!after || after === last) break;
      more = (await this.history(`${this.query(false)}&after=${encodeURIComponent(after)}`)).hasMore;
      last = after;
    }
    const { closed } = await this.history(this.query(false));
    this.chat.store.set({ closed: !!closed });
  }

  private async history(query: string): Promise<Page> {
    const page = await this.chat.call<Page>("GET", `/messages${query}&limit=100`);
    this.chat.takeAll(page.messages);
    return page;
  }

  private async poll(): Promise<void> {
    try {
      if (this.at) return await this.missed();
      await this.history(this.query());
    } catch (error) {
      if ((error as Refused).code === "unknown_session") void this.chat.connect();
      throw error;
    }
    const asked = await this.chat.call<{ requests: unknown[] }>("GET", `/screenshot/requests${this.query(false)}`).catch(() => null);
    asked?.requests.forEach((data) => hear(this.chat, { type: "screenshot_request", data }));
  }

  /** missed asks for the frames after the position. */
  private async missed(): Promise<void> {
    const answer = await this.chat.call<{ frames: Frame[]; position: string; reset: boolean }>("GET", `/missed${this.query()}`);
    answer.frames?.forEach((frame) => this.take(frame));
    this.at = answer.position || this.at;
    if (answer.reset) await this.catchUp();
  }
}
