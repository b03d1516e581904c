import type { Handler } from "../types";

/** guarded calls a page's handler. One that throws is the page's error: it must not stop the chat. */
export function guarded(handler: Handler, data?: unknown, more?: unknown): void {
  try { handler(data, more); } catch (error) { setTimeout(() => { throw error; }); }
}

/** emitter calls handlers by name; "*" hears every name. */
export function emitter() {
  const handlers = new Map<string, Set<Handler>>();
  return {
    on(name: string, handler: Handler): () => void {
      if (!handlers.has(name)) handlers.set(name, new Set());
      handlers.get(name)!.add(handler);
      return () => this.off(name, handler);
    },
    off(name: string, handler: Handler): void { handlers.get(name)?.delete(handler); },
    emit(name: string, data?: unknown, more?: unknown): void {
      for (const key of [name, "*"]) {
        handlers.get(key)?.forEach((handler) => guarded(handler, data, more));
      }
    },
  };
}
