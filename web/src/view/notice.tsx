import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useUI, useValue } from "./ui";

/** lostAfter is how long without a connection is not worth a word, in milliseconds. */
const lostAfter = 2500;

/** Notice is a line below the header: what is wrong now. */
export function Notice() {
  const { words } = useUI(), lost = useValue((s) => s.mode === "lost"), blocked = useValue((s) => s.blocked);
  const warning = useValue((s) => s.warning), closed = useValue((s) => s.closed), notice = useValue((s) => s.notice), [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!lost) return;
    const timer = setTimeout(() => setLate(true), lostAfter);
    return () => clearTimeout(timer);
  }, [lost]);
  const text = warning ? words.outdated : blocked ? words.blocked : late && lost ? words.lost : notice || (closed ? words.closed : "");
  return (
    <div class="pp-notice-box" role="status">
      {text && <div class={`pp-notice ${late && lost ? "pp-notice-warn" : ""}`}>{text}{warning?.upgradeUrl && <a href={warning.upgradeUrl} rel="noopener">{warning.upgradeUrl}</a>}</div>}
    </div>
  );
}
