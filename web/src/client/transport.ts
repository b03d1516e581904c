export interface Frame {
  type: string; data: any;
  /** position is how far a client has been told that has processed this frame. */
  position?: string;
}

export interface Connection {
  closed: Promise<void>;
  close(): void;
  /** send is there where the server can be talked to. */
  send?(frame: Frame): boolean;
}

/** patience is how long a transport may take to open, in milliseconds. */
const patience = 5000;

function parse(raw: unknown): Frame | null {
  try {
    const frame = JSON.parse(String(raw));
    return frame && typeof frame.type === "string" ? frame : null;
  } catch { return null; }
}

/** socket resolves when a WebSocket is open, and rejects when it is not in time. */
export function socket(address: string, hear: (f: Frame) => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(address.replace(/^http/, "ws"));
    let ended = () => {};
    const closed = new Promise<void>((done) => { ended = done; });
    const timer = setTimeout(() => ws.close(), patience);
    ws.onmessage = (e) => { const frame = parse(e.data); if (frame) hear(frame); };
    ws.onopen = () => {
      clearTimeout(timer);
      resolve({ closed, close: () => ws.close(), send: (f) => ws.readyState === WebSocket.OPEN && (ws.send(JSON.stringify(f)), true) });
    };
    // A site's policy that allows no socket makes an error that no close follows.
    ws.onclose = ws.onerror = () => { clearTimeout(timer); ended(); reject(new Error("no socket")); };
    // Browsers keep a socket "open" for minutes after the network has gone.
    addEventListener("offline", () => { ended(); ws.close(); }, { once: true });
  });
}

/** eventStream is the same with an EventSource, which hears only. */
export function eventStream(address: string, hear: (f: Frame) => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(address);
    let ended = () => {};
    const closed = new Promise<void>((done) => { ended = done; });
    const close = () => { clearTimeout(timer); source.close(); ended(); };
    const timer = setTimeout(() => { close(); reject(new Error("no stream")); }, patience);
    const take = (e: MessageEvent) => { const frame = parse(e.data); if (frame) hear(frame); };
    for (const name of ["message", "connected", "screenshot_request", "csat_request"]) source.addEventListener(name, take as EventListener);
    source.onopen = () => { clearTimeout(timer); resolve({ closed, close }); };
    source.onerror = () => { close(); reject(new Error("no stream")); };
  });
}
