import { h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useUI, useValue } from "./ui";

/** Announcer tells a screen reader of new messages of the team: only of those, however the list is drawn. */
export function Announcer() {
  const { words } = useUI(), last = useValue((s) => s.messages[s.messages.length - 1]), known = useRef(last?.id), [text, setText] = useState("");
  useEffect(() => {
    if (last?.id === known.current) return;
    known.current = last?.id;
    // Of a conversation that the page has left nothing stays behind.
    setText(last && last.sender !== "visitor" && !last.deletedAt ? `${last.operatorName || words.team}: ${last.content || words.file}` : "");
  }, [last]);
  return <div class="pp-hidden" aria-live="polite">{text}</div>;
}
