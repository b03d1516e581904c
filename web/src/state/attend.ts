import type { Chat } from "./chat";
import { change, unread } from "./messages";

/** seenAfter is how long the window must be open for its messages to count as read, in milliseconds. */
const seenAfter = 1000;

/** attend tells the server what the visitor has seen, and the visitor what he has not: the page's title, a sound. */
export function attend(chat: Chat): () => void {
  let timer = 0, title = "", audio: AudioContext | null = null;
  const looks = () => chat.store.get().open && !document.hidden;

  const seen = () => {
    timer = 0;
    const ids = unread(chat.store.get().messages).map((m) => m.id).slice(-100);
    if (!looks() || !ids.length || !chat.session) return;
    chat.store.set({ messages: change(chat.store.get().messages, ids, { status: "read" }) });
    chat.counted();
    chat.call("POST", "/read", { sessionId: chat.session, messageIds: ids, status: "read" }).catch(() => {});
  };
  const look = () => {
    const { unread: n } = chat.store.get();
    if (looks() && n && !timer) timer = window.setTimeout(seen, seenAfter);
    const own = title ? document.title.replace(/^\(\d+\) /, "") : document.title;
    if (n && !looks()) document.title = title = `(${n}) ${own}`;
    else if (title) { document.title = own; title = ""; }
  };

  const ring = () => {
    if (chat.core.options.soundEnabled === false || looks()) return;
    try {
      audio ||= new AudioContext();
      if (audio.state !== "running") return; // nobody has touched the page yet
      [[880, 0], [1174.66, 0.09]].forEach(([pitch, at]) => tone(audio!, pitch, at));
    } catch { /* no sound here */ }
  };
  // Browsers let a page sound only after somebody has touched it.
  const touch = () => { try { audio ||= new AudioContext(); void audio.resume(); } catch { /* no sound here */ } };
  chat.core.root.addEventListener("pointerdown", touch, { once: true });
  chat.incoming = (m) => {
    ring();
    chat.core.emit("incoming", m);
  };
  const unwatch = chat.store.watch(look);
  const shown = () => {
    look();
    const body = { sessionId: chat.session, state: document.hidden ? "hidden" : "visible", timestamp: Date.now() };
    if (chat.session) navigator.sendBeacon?.(`${chat.core.endpoint}/visibility`, new Blob([JSON.stringify(body)], { type: "application/json" }));
  };
  const gone = () => chat.leave("page_unload");
  document.addEventListener("visibilitychange", shown);
  addEventListener("pagehide", gone);
  return () => {
    unwatch();
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", shown);
    removeEventListener("pagehide", gone);
    if (title) document.title = document.title.replace(/^\(\d+\) /, "");
    void audio?.close().catch(() => {});
  };
}

/** tone is a short soft note, a number of seconds from now. */
function tone(audio: AudioContext, pitch: number, at: number): void {
  const from = audio.currentTime + at, wave = audio.createOscillator(), volume = audio.createGain();
  wave.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, from);
  volume.gain.exponentialRampToValueAtTime(0.12, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.28);
  wave.connect(volume).connect(audio.destination);
  wave.start(from);
  wave.stop(from + 0.3);
}
