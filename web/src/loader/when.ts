import type { Options } from "../types";

/** narrow is the width up to which the chat takes the whole screen, in CSS pixels. */
export const narrow = "(max-width: 480px)";

/** shown tells whether this page is to have a chat. Patterns are regular expressions, on path and query. */
export function shown(o: Options): boolean {
  const here = location.pathname + location.search;
  const any = (patterns: string[] = []) => patterns.some((p) => { try { return new RegExp(p).test(here); } catch { return false; } });
  return !(o.hideOnMobile && matchMedia(narrow).matches) && !any(o.hideOnPages) && (!o.showOnPages?.length || any(o.showOnPages));
}

/** whenIdle waits until the page has loaded and has nothing to do. */
export function whenIdle(call: () => void): void {
  const idle = () => ("requestIdleCallback" in window ? requestIdleCallback(call, { timeout: 3000 }) : setTimeout(call, 200));
  if (document.readyState === "complete") idle(); else addEventListener("load", idle, { once: true });
}
