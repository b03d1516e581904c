import { h } from "preact";
import type { Attachment } from "../types";
import { Icon } from "./icon";
import { bytes } from "./ui";

/** Attachments are a message's files: pictures as pictures, sound and film as players, anything else as a link. */
export function Attachments({ files }: { files: Attachment[] }) {
  return <div class="pp-message-attachments">{files.map((a) => <One key={a.id} a={a} />)}</div>;
}

function One({ a }: { a: Attachment }) {
  const kind = (a.mimeType || "").split("/")[0];
  if (kind === "image") {
    return <a class="pp-attachment pp-attachment-image" href={a.url} target="_blank" rel="noopener"><img src={a.thumbnailUrl || a.url} alt={a.filename} loading="lazy" decoding="async" /></a>;
  }
  if (kind === "audio") return <audio class="pp-attachment pp-attachment-audio" controls preload="metadata" src={a.url} aria-label={a.filename} />;
  if (kind === "video") return <video class="pp-attachment pp-attachment-video" controls preload="metadata" playsInline src={a.url} aria-label={a.filename} />;
  return (
    <a class="pp-attachment pp-attachment-file" href={a.url} target="_blank" rel="noopener" download={a.filename}>
      <Icon name="file" size={22} />
      <span class="pp-attachment-info"><span class="pp-attachment-name">{a.filename}</span><span class="pp-attachment-size">{bytes(a.size)}</span></span>
    </a>
  );
}
