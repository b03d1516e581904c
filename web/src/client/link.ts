import { delay, pauser } from "./pause";
import { eventStream, socket, type Connection, type Frame } from "./transport";

export type Mode = "socket" | "stream" | "polling" | "lost";

export interface LinkOptions {
  /** address is that of /stream for a position; the scheme is http or https. */
  address(): string;
  hear(frame: Frame): void;
  /** poll asks for what is new; it throws when nobody answers. */
  poll(): Promise<void>;
  /** changed tells how the page hears now. again is false for the first connection. */
  changed(mode: Mode, again: boolean): void;
}

const pollEvery = 3000;
/** rounds of polling between two attempts to climb back; and how long a stream lasts until one. */
const roundsToClimb = 8, streamToClimb = 45000;
/** brief is a socket that something between closes at once, in milliseconds. */
const brief = 2000;

/** Link hears the server: over a WebSocket, else an event stream, else by polling; and climbs back as soon as it can. */
export class Link {
  private stopped = false;
  private now: Connection | null = null;
  private fails = 0;
  private short = 0;
  private opened = false;
  private pause = pauser();

  constructor(private o: LinkOptions) {}

  start(): void {
    void this.run();
    addEventListener("online", this.nudge);
    document.addEventListener("visibilitychange", this.nudge);
  }

  stop(): void {
    this.stopped = true;
    removeEventListener("online", this.nudge);
    document.removeEventListener("visibilitychange", this.nudge);
    this.now?.close();
    this.pause.wake();
  }

  /** say sends a frame; false when only a socket could and there is none. */
  say(frame: Frame): boolean { return !!this.now?.send?.(frame); }

  private nudge = (): void => { if (!document.hidden) this.pause.wake(); };

  private async run(): Promise<void> {
    while (!this.stopped) {
      const found = await this.climb();
      if (this.stopped) return found?.close();
      if (found) await this.stay(found);
      else await this.polls();
      if (!this.stopped && !found) await this.pause.wait(delay(Math.min(this.fails, 6)));
    }
  }

  private async climb(): Promise<Connection | null> {
    const ways = this.short < 2 ? [socket, eventStream] : [eventStream];
    for (const way of ways) {
      try { return await way(this.o.address(), this.o.hear); } catch { /* the next */ }
      if (this.stopped || !navigator.onLine) return null;
    }
    this.short = 0;
    return null;
  }

  /** stay keeps a connection until it ends; an event stream is left for a socket when one opens. */
  private async stay(connection: Connection): Promise<void> {
    const since = Date.now();
    let timer = 0;
    this.now = connection;
    this.tell(connection.send ? "socket" : "stream");
    this.fails = 0;
    const better = () => socket(this.o.address(), this.o.hear).then((s) => {
      if (this.stopped || this.now !== connection) return s.close();
      const old = connection;
      this.now = connection = s;
      this.tell("socket");
      old.close();
    }, () => { timer = window.setTimeout(better, streamToClimb); });
    if (!connection.send) timer = window.setTimeout(better, streamToClimb);
    for (let watched: Connection | null = null; watched !== connection;) {
      watched = connection;
      await watched.closed;
    }
    clearTimeout(timer);
    this.now = null;
    if (this.stopped) return;
    this.short = Date.now() - since < brief ? this.short + 1 : 0;
    this.o.changed("lost", true);
    await this.pause.wait(delay(this.short, 300));
  }

  private async polls(): Promise<void> {
    for (let round = 0; round < roundsToClimb && !this.stopped; round++) {
      try {
        await this.o.poll();
      } catch {
        this.fails++;
        this.o.changed("lost", this.opened);
        return;
      }
      this.fails = 0;
      this.tell("polling");
      await this.pause.wait(pollEvery);
    }
  }

  private tell(mode: Mode): void {
    this.o.changed(mode, this.opened);
    this.opened = true;
  }
}
