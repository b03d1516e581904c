import type { VersionWarning } from "../types";

/** protocol is the version of the widget protocol that this widget speaks: what servers compare with their minimum. */
export const protocol = "2.6.0";

/** Refused is an answer that is not 2xx, or none: status 0. */
export class Refused extends Error {
  constructor(public status: number, public code: string, message: string, public retryAfter = 0) { super(message); }
  /** passing tells whether the same request may be answered otherwise later. */
  get passing(): boolean { return this.status === 0 || this.status === 429 || this.status >= 500; }
}

/** patience is how long an answer may take, in milliseconds. */
const patience = 20000;

export type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** caller makes the function that calls the API. */
export function caller(endpoint: string, warn: (w: VersionWarning) => void): Call {
  return async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), patience);
    try {
      const answer = await fetch(endpoint + path, {
        method, signal: stop.signal, headers: { "Content-Type": "application/json", "X-PocketPing-Version": protocol },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const data = await answer.json().catch(() => ({}));
      version(answer, data, warn);
      if (!answer.ok) throw new Refused(answer.status, data.code || "", data.error || answer.statusText, Number(answer.headers.get("Retry-After")) || 0);
      return data as T;
    } catch (error) {
      throw error instanceof Refused ? error : new Refused(0, "network", String(error));
    } finally { clearTimeout(timer); }
  };
}

function version(answer: Response, data: Record<string, string>, warn: (w: VersionWarning) => void): void {
  const header = (name: string) => answer.headers.get(`X-PocketPing-${name}`) || undefined;
  const status = answer.status === 426 ? "unsupported" : header("Version-Status");
  if (!status || status === "ok") return;
  warn({
    severity: status === "unsupported" ? "error" : status === "deprecated" ? "warning" : "info",
    message: header("Version-Message") || data.message || data.error || `widget version ${status}`, currentVersion: protocol,
    minVersion: header("Min-Version") || data.minVersion, latestVersion: header("Latest-Version"),
    canContinue: answer.status !== 426, upgradeUrl: data.upgradeUrl,
  });
}

/** beacon tells something while the page goes away. */
export function beacon(url: string, body: unknown): void {
  const data = new Blob([JSON.stringify(body)], { type: "application/json" });
  if (!navigator.sendBeacon?.(url, data)) fetch(url, { method: "POST", body: data, keepalive: true }).catch(() => {});
}
