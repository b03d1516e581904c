import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon";
import { useUI, useValue } from "./ui";

const faces = ["😡", "😕", "😐", "🙂", "😍"];
/** thanksFor is how long the thanks are shown, in milliseconds. */
const thanksFor = 4000;

/** Csat asks how the conversation was. */
export function Csat() {
  const { chat, words } = useUI(), state = useValue((s) => s.csat), [score, setScore] = useState(0), [comment, setComment] = useState(""), [error, setError] = useState(false);
  useEffect(() => {
    if (state !== "thanks") return;
    const timer = setTimeout(() => chat.store.set({ csat: "" }), thanksFor);
    return () => clearTimeout(timer);
  }, [state]);
  if (!state) return null;
  if (state === "thanks") return <div class="pp-card pp-csat"><p class="pp-csat-thanks" role="status"><Icon name="check" />{words.thanks}</p></div>;
  const send = (e: Event) => {
    e.preventDefault();
    chat.call("POST", "/csat", { sessionId: chat.session, score, comment }).then(() => {
      chat.store.set({ csat: "thanks" });
      setScore(0);
      setComment("");
      chat.core.emit("rated", { score, comment });
    }, () => setError(true));
  };
  return (
    <form class="pp-card pp-csat" onSubmit={send}>
      <button type="button" class="pp-csat-dismiss" aria-label={words.notNow} onClick={() => chat.store.set({ csat: "" })}><Icon name="close" size={18} /></button>
      <h3 class="pp-csat-title" id="pp-csat">{words.rate}</h3>
      <div class="pp-csat-faces" role="radiogroup" aria-labelledby="pp-csat">
        {words.faces.split("|").map((label, i) => (
          <label key={label} class={`pp-csat-face ${score === i + 1 ? "pp-chosen" : ""}`} title={label}>
            <input type="radio" name="pp-csat" value={i + 1} checked={score === i + 1} aria-label={label} onChange={() => setScore(i + 1)} /><span aria-hidden="true">{faces[i]}</span>
          </label>
        ))}
      </div>
      {score > 0 && (
        <div class="pp-csat-comment">
          <textarea class="pp-csat-textarea" rows={2} maxLength={1000} placeholder={words.comment} aria-label={words.comment} value={comment} dir="auto" onInput={(e) => setComment(e.currentTarget.value)} />
          {error && <p class="pp-csat-error" role="alert">{words.error}</p>}
          <button type="submit" class="pp-csat-submit">{words.submit}</button>
        </div>
      )}
    </form>
  );
}
