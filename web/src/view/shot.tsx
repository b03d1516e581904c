import { h } from "preact";
import { useState } from "preact/hooks";
import { possible, share } from "../state/shot";
import { Icon } from "./icon";
import { useUI, useValue } from "./ui";

/** Shot says that somebody asks for a picture of the page, and what is in it. Nothing is taken without a yes, of whatever kind the request is. */
export function Shot() {
  const { chat, words } = useUI(), asked = useValue((s) => s.screenshot), [error, setError] = useState(false);
  if (!asked || !possible()) return null;
  const done = () => { setError(false); chat.store.set({ screenshot: null }); };
  return (
    <div class="pp-card pp-shot" role="group" aria-label={words.shot}>
      <h3><Icon name="camera" />{words.shot}</h3>
      <p>{asked.requestedBy ? `${asked.requestedBy}: ` : ""}{words.shotWhy}</p>
      {error && <p class="pp-form-error" role="alert">{words.error}</p>}
      <div class="pp-buttons">
        <button type="button" class="pp-shot-decline" onClick={done}>{words.decline}</button>
        <button type="button" class="pp-shot-share" onClick={() => share(chat, asked).then(done, () => setError(true))}>{words.share}</button>
      </div>
    </div>
  );
}
