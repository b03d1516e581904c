import type { Appearance, Core, Identity, Message, Options, PreChatForm, TrackedElement, VersionWarning } from "../types";
import { beacon, caller, Refused, type Call } from "../client/call";
import { delay, pauser } from "../client/pause";
import { metadata, visitorId } from "../client/visitor";
import { keys, read, readJSON, write } from "../keep";
import { Line } from "./line";
import { take, unread } from "./messages";
import type { Store } from "./store";
import { tracker } from "./track";

interface Connected extends Omit<Appearance, "position"> {
  sessionId: string; visitorId: string; operatorOnline?: boolean; operatorReachable?: boolean; messages?: Message[];
  identity?: Identity; identityRefused?: string; trackedElements?: TrackedElement[]; preChatForm?: PreChatForm; closed?: boolean; position?: string;
}
const appearances = ["welcomeMessage", "operatorName", "operatorAvatar", "primaryColor", "headerColor", "footerColor", "chatBackground", "toggleColor"] as const;

/** Chat is one page's side of a conversation: it connects, hears, and keeps the state. */
export class Chat {
  readonly call: Call;
  readonly began = Date.now();
  private line = new Line(this);
  private stopped = false;
  private pause = pauser();
  private connecting: Promise<void> | null = null;
  private warned = "";
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
    const before = renewed ? [] : this.store.get().messages;
    this.store.set({
      sessionId: answer.sessionId, messages: (answer.messages || []).reduce(take, before), online: !!answer.operatorOnline, blocked: false,
      reachable: answer.operatorReachable !== false, appearance: { ...this.core.options, ...given },
      preChat: answer.preChatForm || this.core.options.preChatForm || null, closed: !!answer.closed,
    });
    this.core.show({ online: !!answer.operatorOnline });
    this.track(answer.trackedElements || this.core.options.trackedElements || []);
    this.line.listen(answer.sessionId, answer.position);
    this.core.emit("sessionStart", { sessionId: answer.sessionId, visitorId: answer.visitorId, resumed });
    this.core.emit("connect", answer.sessionId);
    this.joined();
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
    this.line.tell({ name, data, timestamp: new Date().toISOString() });
    if (more?.widgetMessage) { this.store.set({ notice: more.widgetMessage }); this.opened(); }
  }

  tracked(elements: TrackedElement[]): void { this.track(elements); }

  /** warn tells the page once: a server says it with the connect and over its stream. */
  warn(w: VersionWarning): void {
    if (this.warned === (this.warned = w.severity + w.message)) return;
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
    this.line.stop();
    this.track([]);
    removeEventListener("online", this.pause.wake);
    this.pause.wake();
  }

  /** restart forgets the conversation and begins another, as another visitor. */
  restart(): Promise<void> {
    this.leave("manual");
    this.line.stop();
    for (const key of [keys.session, keys.visitor, keys.draft, keys.skipped]) write(key, null);
    this.store.set({ sessionId: null, messages: [], draft: "", files: [], replyTo: null, editing: null, csat: "", closed: false, notice: "" });
    this.counted();
    return this.connect();
  }
}
