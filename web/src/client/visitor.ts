import { keys, read, write } from "../keep";

/** visitorId names this browser. It is no secret: the team sees it. */
export function visitorId(): string {
  let id = read(keys.visitor);
  if (!id) {
    id = `${Date.now().toString(36)}-${random(9)}`;
    write(keys.visitor, id);
  }
  return id;
}

/** random answers letters and digits that nobody else has. */
export function random(length: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => (byte % 36).toString(36)).join("");
}

/** metadata is what the page tells of itself. */
export function metadata(): Record<string, unknown> {
  const n = navigator;
  return {
    url: location.href, referrer: document.referrer, pageTitle: document.title, userAgent: n.userAgent, language: n.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, screenResolution: `${screen.width}x${screen.height}`,
    botSignals: {
      webdriver: !!n.webdriver, plugins: !n.plugins?.length, languages: !n.languages?.length,
      chrome: /Chrome\//.test(n.userAgent) && !("chrome" in window), permissions: "Notification" in window && Notification.permission === "denied",
    },
  };
}
