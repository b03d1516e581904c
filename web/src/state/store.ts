import type { Appearance, Message, PreChatForm, VersionWarning, Attachment } from "../types";
import type { Mode } from "../client/link";

/** Pending is a file in the composer. */
export interface Pending { key: string; file: File; percent: number; done?: Attachment; error?: string; stop(): void }
export interface Screenshot { requestId: string; requestedBy?: string; requestedFrom?: string; silent?: boolean }

export interface State {
  open: boolean; sessionId: string | null; mode: Mode; messages: Message[]; typing: boolean; online: boolean; reachable: boolean; unread: number;
  appearance: Appearance; dark: boolean; lang: string; draft: string; files: Pending[]; replyTo: Message | null; editing: Message | null;
  csat: "" | "ask" | "thanks"; preChat: PreChatForm | null; screenshot: Screenshot | null; warning: VersionWarning | null;
  closed: boolean; notice: string; blocked: boolean;
}

/** store keeps the state, and calls who watches once for all changes of a moment. */
export function store(initial: State) {
  let state = initial, asked = false;
  const watchers = new Set<() => void>();
  return {
    get: () => state,
    set(change: Partial<State>): void {
      if ((Object.keys(change) as (keyof State)[]).every((k) => state[k] === change[k])) return;
      state = { ...state, ...change };
      if (asked) return;
      asked = true;
      queueMicrotask(() => { asked = false; watchers.forEach((watch) => watch()); });
    },
    watch(watcher: () => void): () => void { watchers.add(watcher); return () => void watchers.delete(watcher); },
  };
}
export type Store = ReturnType<typeof store>;
