import type { Appearance, Core, Identity, Message, Options, PreChatForm, TrackedElement, VersionWarning } from "../types";
import { beacon, caller, Refused, type Call } from "../client/call";
import { Link, type Mode } from "../client/link";
import { delay, pauser } from "../client/pause";
import type { Frame } from "../client/transport";
import { metadata, visitorId } from "../client/visitor";
import { keys, read, readJSON, write } from "../keep";
import { hear } from "./hear";
import { newest, position, take, unread } from "./messages";
import type { Store } from "./store";
import { tracker } from "./track";

interface Connected extends Omit<Appearance, "position"> {
  sessionId: string; visitorId: string; operatorOnline?: boolean; operatorReachable?: boolean; messages?: Message[];
  identity?: Identity; identityRefused?: string; trackedElements?: TrackedElement[]; preChatForm?: PreChatForm; position?: string;
}
interface Page { messages: Message[]; hasMore: boolean; position?: string }
const appearances = ["welcomeMessage", "operatorName", "operatorAvatar", "primaryColor", "headerColor", "footerColor", "chatBackground", "toggleColor"] as const;

/** Chat is one page's side of a conversation: it connects, hears, and keeps the state. */
export class Chat {
  readonly call: Call;
  readonly began = Date.now();
  private link: Link | null = null;
  private stopped = false;
  private pause = pauser();
  private connecting: Promise<void> | null = null;
  private events: object[] = [];
  /** at is the server's position up to which everything was told; empty for a server that has none. */
  private at = "";
  private track = tracker((name, data, message) => this.trigger(name, data, { widgetMessage: message }));
  /** opened is called when a tracked element or a message wants the window open. */
  opened: () => void = () => {};
  /** incoming is called for each new message of the team. */
  incoming: (m: Message) => void = () => {};
  /** joined is called when there is a session. */
  joined: () => void = () => {};

  constructor(readonly core: Core, readonly store: Store) {
    this.call = caller(core.endpoint, (w) => this.warn(w));
    addEventListener("online", this.pause.wake);
  }

  get session(): string | null { return this.store.get().sessionId; }

  /** connect begins or resumes the session, until the server has answered. */
  connect(): Promise<void> {
    return this.connecting ||= this.attempt().finally(() => { this.connecting = null; });
  }

  private async attempt(): Promise<void> {
    for (let fails = 0; !this.stopped; fails++) {
      const known = read(keys.session), identity = readJSON<Identity>(keys.identity);
      try {
        const answer = await this.call<Connected>("POST", "/connect", {
          visitorId: visitorId(), sessionId: known, metadata: metadata(), identity: identity?.id ? identity : undefined,
        });
        if (!this.stopped) this.begin(answer, known);
        return;
      } catch (error) {
        const why = error as Refused;
        this.core.emit("error", why);
        this.store.set({ mode: "lost" });
        if (!why.passing) { this.store.set({ blocked: true }); throw why; }
        await this.pause.wait(Math.max(why.retryAfter * 1000 || 0, delay(fails, 1000, 30000)));
      }
    }
  }

  private begin(answer: Connected, known: string | null): void {
    const resumed = answer.sessionId === known, given: Appearance = {};
    write(keys.session, answer.sessionId);
    for (const key of appearances) if (answer[key]) (given as Record<string, unknown>)[key] = answer[key];
    const mine = readJSON<Identity>(keys.identity), proof = mine?.id === answer.identity?.id && { token: mine?.token, userHash: mine?.userHash };
    if (answer.identity?.id) write(keys.identity, JSON.stringify({ ...answer.identity, ...proof })); // the server keeps no proof
    if (answer.identityRefused) this.core.emit("error", new Error(`[Bellhop] identity refused: ${answer.identityRefused}`));
    const renewed = this.session !== null && this.session !== answer.sessionId;
    this.at = answer.position || "";
    const before = renewed ? [] : this.store.get().messages;
    this.store.set({
      sessionId: answer.sessionId, messages: (answer.messages || []).reduce(take, before), online: !!answer.operatorOnline, blocked: false,
      reachable: answer.operatorReachable !== false, appearance: { ...this.core.options, ...given },
      preChat: answer.preChatForm || this.core.options.preChatForm || null, closed: false,
    });
    this.core.show({ online: !!answer.operatorOnline });
    this.track(answer.trackedElements || this.core.options.trackedElements || []);
    this.link?.stop();
    this.listen();
    this.core.emit("sessionStart", { sessionId: answer.sessionId, visitorId: answer.visitorId, resumed });
    this.core.emit("connect", answer.sessionId);
    this.joined();
  }

  private listen(): void {
    const session = this.session;
    this.link = new Link({
      address: () => `${this.core.endpoint}/stream?sessionId=${encodeURIComponent(session || "")}${this.since()}`,
      hear: (frame) => { if (session === this.session) this.take(frame); },
      poll: () => this.poll(),
      changed: (mode, again) => this.heard(mode, again),
    });
    this.link.start();
  }

  private heard(mode: Mode, again: boolean): void {
    const before = this.store.get().mode;
    this.store.set({ mode });
    if (mode === "lost" && before !== "lost") this.core.emit("disconnect");
    if (mode === "lost") return;
    if (again && before === "lost" && mode !== "polling" && !this.at) void this.catchUp().catch(() => {});
    if (mode === "socket") this.events = this.events.filter((data) => !this.link?.say({ type: "event", data }));
  }

  /** since tells a server what this page knows: its position, or a server without any the newest instant. */
  private since(): string {
    const after = position(this.store.get().messages);
    return this.at ? `&position=${encodeURIComponent(this.at)}` : after ? `&after=${encodeURIComponent(after)}` : "";
  }

  private take(frame: Frame): void {
    hear(this, frame);
    if (frame.position) this.at = frame.position;
    if (frame.type === "reset") void this.catchUp().catch(() => {});
  }

  /** catchUp reads the conversation anew: what came after the last known message, page by page, and then the newest page for what
   * has changed. */
  private async catchUp(): Promise<void> {
    for (let more = true, last = ""; more;) {
      const after = newest(this.store.get().messages);
      if (!after || after === last) break;
      const page = await this.history(`&after=${encodeURIComponent(after)}`);
      this.takeAll(page.messages);
      last = after;
      more = page.hasMore;
    }
    this.takeAll((await this.history("")).messages);
  }

  private history(after: string): Promise<Page> {
    return this.call("GET", `/messages?sessionId=${encodeURIComponent(this.session || "")}${after}&limit=100`);
  }

  private async poll(): Promise<void> {
    try {
      if (this.at) return await this.missed();
      this.takeAll((await this.history(this.since())).messages);
    } catch (error) {
      if ((error as Refused).code === "unknown_session") void this.connect();
      throw error;
    }
    const asked = await this.call<{ requests: unknown[] }>("GET", `/screenshot/requests?sessionId=${encodeURIComponent(this.session || "")}`).catch(() => null);
    asked?.requests.forEach((data) => hear(this, { type: "screenshot_request", data }));
  }

  /** missed asks for the frames after the position. */
  private async missed(): Promise<void> {
    const answer = await this.call<{ frames: Frame[]; position: string; reset: boolean }>("GET", `/missed?sessionId=${encodeURIComponent(this.session || "")}${this.since()}`);
    answer.frames?.forEach((frame) => this.take(frame));
    this.at = answer.position || this.at;
    if (answer.reset) await this.catchUp();
  }

  /** takeAll takes messages, and tells the page of those that are new. */
  takeAll(given: Message[]): void {
    const before = this.store.get().messages;
    const after = given.reduce(take, before);
    if (after === before) return;
    this.store.set({ messages: after });
    for (const m of given) {
      if (m.deletedAt || before.some((known) => known.id === m.id)) continue;
      this.core.emit("message", m);
      if (m.sender !== "visitor") { this.store.set({ typing: false }); this.incoming(m); }
    }
    this.counted();
  }

  counted(): void {
    const { unread: before, messages } = this.store.get(), n = unread(messages).length;
    if (n === before) return;
    this.store.set({ unread: n });
    this.core.show({ unread: n });
    this.core.emit("unreadChange", n);
  }

  trigger(name: string, data?: unknown, more?: { widgetMessage?: string }): void {
    const event = { name, data, timestamp: new Date().toISOString() };
    // Only a socket carries events: what finds none waits for the next.
    if (!this.link?.say({ type: "event", data: event })) this.events = [...this.events.slice(-49), event];
    if (more?.widgetMessage) { this.store.set({ notice: more.widgetMessage }); this.opened(); }
  }

  tracked(elements: TrackedElement[]): void { this.track(elements); }

  warn(w: VersionWarning): void {
    const log = { info: console.info, warning: console.warn, error: console.error }[w.severity] || console.info;
    log(`[Bellhop] ${w.message}`);
    this.core.emit("versionWarning", w);
    if (w.canContinue) return;
    this.store.set({ warning: w, blocked: true });
    this.stop();
  }

  configure(o: Options): void { this.store.set({ appearance: { ...this.store.get().appearance, ...o } }); if (o.trackedElements) this.track(o.trackedElements); }

  leave(reason: string): void {
    if (this.session) beacon(`${this.core.endpoint}/disconnect`, { sessionId: this.session, duration: Math.round((Date.now() - this.began) / 1000), reason });
  }

  stop(): void {
    this.stopped = true;
    this.link?.stop();
    this.track([]);
    removeEventListener("online", this.pause.wake);
    this.pause.wake();
  }

  /** restart forgets the conversation and begins another, as another visitor. */
  restart(): Promise<void> {
    this.leave("manual");
    this.link?.stop();
    for (const key of [keys.session, keys.visitor, keys.draft, keys.skipped]) write(key, null);
    this.store.set({ sessionId: null, messages: [], draft: "", files: [], replyTo: null, editing: null, csat: "", closed: false, notice: "" });
    this.counted();
    return this.connect();
  }
}
