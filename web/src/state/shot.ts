import { put } from "../client/upload";
import type { Chat } from "./chat";
import type { Screenshot } from "./store";

type Html2Canvas = (element: HTMLElement, options: object) => Promise<HTMLCanvasElement>;

/** share sends a picture of the page, after the visitor has agreed. The browser asks him once more; a site that has html2canvas
 * of its own is asked in the widget only. Nothing is loaded for it. */
export async function share(chat: Chat, asked: Screenshot): Promise<void> {
  const host = chat.core.host;
  host.hidden = true;
  let picture: Blob;
  try { picture = await capture(); } finally { host.hidden = false; }
  const about = { sessionId: chat.session, requestId: asked.requestId };
  const to = await chat.call<{ attachmentId: string; uploadUrl: string }>("POST", "/screenshot/upload", about);
  await put(to.uploadUrl, picture, () => {});
  await chat.call("POST", "/screenshot/upload/complete", { ...about, attachmentId: to.attachmentId, size: picture.size });
}

/** possible tells whether a picture can be taken here at all. */
export const possible = (): boolean => "html2canvas" in window || !!navigator.mediaDevices?.getDisplayMedia;

async function capture(): Promise<Blob> {
  const own = (window as unknown as { html2canvas?: Html2Canvas }).html2canvas;
  const canvas = own
    ? await own(document.body, { x: scrollX, y: scrollY, width: innerWidth, height: innerHeight, logging: false })
    : await frame(await navigator.mediaDevices.getDisplayMedia({ video: true, preferCurrentTab: true } as DisplayMediaStreamOptions));
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

/** frame draws one picture of a film, and ends it. */
async function frame(film: MediaStream): Promise<HTMLCanvasElement> {
  const video = document.createElement("video"), canvas = document.createElement("canvas");
  try {
    video.srcObject = film;
    await video.play();
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d")!.drawImage(video, 0, 0);
    return canvas;
  } finally { film.getTracks().forEach((track) => track.stop()); }
}
