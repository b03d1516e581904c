import type { Attachment } from "../types";
import { Refused, type Call } from "./call";

/** upload sends a file in the protocol's three steps. progress is told percents. */
export async function upload(call: Call, sessionId: string, file: File, progress: (percent: number) => void, signal?: AbortSignal): Promise<Attachment> {
  const to = await call<{ attachmentId: string; uploadUrl: string }>("POST", "/upload", {
    sessionId, filename: file.name, mimeType: file.type || "application/octet-stream", size: file.size,
  });
  await put(to.uploadUrl, file, progress, signal);
  return call<Attachment>("POST", "/upload/complete", { sessionId, attachmentId: to.attachmentId });
}

/** put uses XMLHttpRequest: fetch does not tell how far it is. */
export function put(url: string, file: Blob, progress: (percent: number) => void, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (e) => { if (e.lengthComputable) progress(Math.round((100 * e.loaded) / e.total)); };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) return resolve();
      let text = request.statusText;
      try { text = JSON.parse(request.responseText).error || text; } catch { /* not ours */ }
      reject(new Refused(request.status, "upload", text));
    };
    request.onerror = () => reject(new Refused(0, "network", "the file could not be sent"));
    request.onabort = () => reject(new Refused(499, "aborted", "aborted"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
