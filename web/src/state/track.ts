import type { TrackedElement } from "../types";

/** tracker watches elements by one listener per kind of event, so that it finds those that come later too. */
export function tracker(fire: (name: string, data: Record<string, unknown>, message?: string) => void) {
  let stop: (() => void)[] = [];
  return (elements: TrackedElement[]): void => {
    stop.forEach((end) => end());
    stop = [];
    for (const kind of new Set(elements.map((e) => e.event || "click"))) {
      const those = elements.filter((e) => (e.event || "click") === kind);
      const listen = (event: Event) => those.forEach((e) => {
        const found = match(event, e.selector, kind === "mouseenter");
        if (found) fire(e.name, { ...e.data, selector: e.selector, elementText: (found.textContent || "").trim().slice(0, 100), url: location.href }, e.widgetMessage);
      });
      document.addEventListener(kind, listen, true);
      stop.push(() => document.removeEventListener(kind, listen, true));
    }
  };
}

function match(event: Event, selector: string, exactly: boolean): Element | null {
  const target = event.target;
  if (!(target instanceof Element)) return null;
  try { return exactly ? (target.matches(selector) ? target : null) : target.closest(selector); } catch { return null; }
}
