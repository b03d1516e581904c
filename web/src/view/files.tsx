import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Pending } from "../state/store";
import { Icon } from "./icon";
import { bytes, useUI, useValue } from "./ui";

/** Files are what the next message brings, with how far they are. */
export function Files() {
  const files = useValue((s) => s.files);
  return files.length ? <div class="pp-attachments-preview">{files.map((f) => <One key={f.key} f={f} />)}</div> : null;
}

function One({ f }: { f: Pending }) {
  const { words } = useUI(), state = f.error ? "error" : f.done ? "ready" : "uploading", [picture, setPicture] = useState("");
  useEffect(() => {
    if (!f.file.type.startsWith("image/")) return;
    const address = URL.createObjectURL(f.file);
    setPicture(address);
    return () => URL.revokeObjectURL(address);
  }, []);
  return (
    <div class={`pp-attachment-preview pp-attachment-${state}`}>
      {picture ? <img src={picture} alt="" onError={() => setPicture("")} /> : <span class="pp-file-icon"><Icon name="file" size={20} /></span>}
      <div class="pp-attachment-info">
        <span class="pp-attachment-name">{f.file.name}</span>
        {state === "uploading" && <progress class="pp-upload-progress" max={100} value={f.percent} aria-label={`${words.uploading} ${f.file.name}`} />}
        {state === "ready" && <span class="pp-attachment-size">{bytes(f.file.size)}</span>}
        {state === "error" && <span class="pp-upload-error" role="alert">{words.uploadFailed}: {f.error}</span>}
      </div>
      <button type="button" class="pp-remove-attachment" aria-label={`${words.removeFile} ${f.file.name}`} onClick={f.stop}><Icon name="close" size={15} /></button>
    </div>
  );
}
