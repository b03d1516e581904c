import type { Api } from "./api";

type Call = [keyof Api, ...unknown[]];

/** expose makes the API global, and does what was asked for before it was there: PocketPing = [["init", {…}]]. */
export function expose(api: Api): void {
  const page = window as unknown as Record<string, unknown>;
  const waiting = [page.PocketPing, page.Bellhop].filter(Array.isArray) as Call[][];
  page.PocketPing = page.Bellhop = api;
  new Set(waiting).forEach((calls) => calls.forEach((call) => api.push(call)));
}

/** auto starts the widget of a script tag with data- attributes: data-primary-color is the option primaryColor. */
export function auto(api: Api, script: HTMLScriptElement, base: string): void {
  const given = Object.entries(script.dataset);
  if (!given.length) return;
  const options: Record<string, unknown> = { endpoint: new URL("pocketping", base).href };
  for (const [name, value] of given) options[name] = parse(value);
  if (options.projectId && !script.dataset.endpoint) options.endpoint = new URL(`api/widget/${options.projectId}`, base).href;
  const start = () => api.init(options);
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
}

/** parse reads true, false, numbers and JSON; anything else is text. */
function parse(value = ""): unknown {
  if (!/^(true|false|-?\d+(\.\d+)?|[[{].*)$/s.test(value)) return value;
  try { return JSON.parse(value); } catch { return value; }
}
