// What the browser keeps of a visitor. The names are PocketPing's, so that a page which changes its widget keeps its visitors.

export const keys = {
  visitor: "pocketping_visitor_id", session: "pocketping_session_id", identity: "pocketping_user_identity",
  open: "pocketping_open", draft: "pocketping_draft", outbox: "pocketping_outbox", skipped: "pocketping_prechat_skipped",
};

/** read answers null where a browser keeps nothing: the chat then lives as long as the page. */
export function read(key: string): string | null {
  try { return localStorage.getItem(key); } catch { return null; }
}

export function write(key: string, value: string | null): void {
  try { if (value === null) localStorage.removeItem(key); else localStorage.setItem(key, value); } catch { /* full or forbidden */ }
}

export function readJSON<T>(key: string): T | null {
  try { return JSON.parse(read(key) || "null") as T; } catch { return null; }
}
