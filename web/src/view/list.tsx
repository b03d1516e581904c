import { Component, Fragment, h } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../types";
import { Bubble } from "./bubble";
import { Icon } from "./icon";
import { initials, time, day, useUI, useValue } from "./ui";
import type { Words } from "../locale/load";

/** page is how many messages are drawn at first, and added when the reader comes to the top of them. */
const page = 60;
/** near is how close to an edge counts as there, in pixels; groups are of messages within this many milliseconds. */
const near = 80, together = 4 * 60e3;

/** anchors tells whether the browser keeps what is read in its place when something comes above it. */
const anchors = CSS.supports("overflow-anchor", "auto");

/** List draws the last messages of the conversation, and earlier ones as somebody scrolls up. */
export function List() {
  const { words } = useUI(), box = useRef<HTMLDivElement>(null), messages = useValue((s) => s.messages), typing = useValue((s) => s.typing);
  const open = useValue((s) => s.open), lang = useValue((s) => s.lang), [from, setFrom] = useState(-1), [behind, setBehind] = useState(0);
  const stuck = useRef(true), before = useRef({ height: 0, start: 0 });
  const start = from < 0 ? Math.max(0, messages.length - page) : Math.min(from, messages.length);

  useLayoutEffect(() => {
    const el = box.current!, grown = el.scrollHeight - before.current.height;
    if (stuck.current) el.scrollTop = el.scrollHeight;
    else if (start < before.current.start && !anchors) el.scrollTop += grown; // older ones came above
    before.current = { height: el.scrollHeight, start };
  }, [messages, typing, start, open]);

  // A card, a longer draft or a phone's keyboard makes the list lower, and the last message stays in sight.
  useEffect(() => {
    const el = box.current!, resized = new ResizeObserver(() => { if (stuck.current) el.scrollTop = el.scrollHeight; });
    resized.observe(el);
    return () => resized.disconnect();
  }, []);

  const toEnd = () => {
    stuck.current = true;
    setFrom(-1);
    setBehind(0);
    box.current!.scrollTo({ top: box.current!.scrollHeight });
  };
  const scrolled = () => {
    const el = box.current!, atEnd = el.scrollHeight - el.scrollTop - el.clientHeight < near;
    if (atEnd !== stuck.current) {
      stuck.current = atEnd;
      setBehind(atEnd ? 0 : messages.length);
      setFrom(atEnd ? -1 : start);
    }
    if (!atEnd && el.scrollTop < 4 * near && start > 0) {
      before.current.height = el.scrollHeight;
      setFrom(Math.max(0, start - page));
    }
  };
  const drawn = messages.slice(start);
  return (
    <div class="pp-messages-box">
      <div ref={box} class="pp-messages" role="log" aria-live="off" aria-label={words.conversation} tabIndex={0} onScroll={scrolled}>
        {!messages.length && <Welcome />}
        {drawn.map((m, i) => {
          const previous = messages[start + i - 1], next = drawn[i + 1];
          const opens = !joined(previous, m), date = !previous || day(lang, previous.timestamp, words) !== day(lang, m.timestamp, words);
          return <Row key={m.key || m.id} m={m} date={date ? day(lang, m.timestamp, words) : ""} first={opens || date} last={!joined(m, next)} words={words} lang={lang} />;
        })}
        {typing && <div class="pp-typing" role="status"><span class="pp-hidden">{words.team} {words.typing}</span><i /><i /><i /></div>}
      </div>
      {behind > 0 && (
        <button type="button" class={`pp-newest ${messages.length > behind ? "pp-fresh" : ""}`} aria-label={words.newest} onClick={toEnd}>
          <Icon name="down" size={18} />{messages.length > behind && <span>{words.fresh}</span>}
        </button>
      )}
    </div>
  );
}

/** joined tells whether two messages are one group: of one sender, and shortly after each other. */
function joined(a: Message | undefined, b: Message | undefined): boolean {
  return !!a && !!b && a.sender === b.sender && a.operatorName === b.operatorName && Date.parse(b.timestamp) - Date.parse(a.timestamp) < together;
}

interface RowProps { m: Message; date: string; first: boolean; last: boolean; words: Words; lang: string }

/** Row is drawn anew only when something of it changes: a list may have thousands. */
class Row extends Component<RowProps> {
  shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((key) => next[key] !== this.props[key]);
  }

  render({ m, date, first, last, words, lang }: RowProps) {
    const mine = m.sender === "visitor", name = m.sender === "ai" ? words.ai : m.operatorName || words.team;
    return (
      <Fragment>
        {date && <div class="pp-date-separator"><span>{date}</span></div>}
        <div
          class={`pp-message pp-message-${m.sender} ${first ? "pp-first" : ""} ${last ? "pp-last" : ""} ${m.status === "failed" ? "pp-failed" : ""}`}
          role="article" aria-label={`${mine ? words.you : name}, ${time(lang, m.timestamp)}`} data-id={m.id}
        >
          {!mine && (last ? <span class="pp-sender-avatar" aria-hidden="true">{m.operatorName ? initials(m.operatorName) : <Icon name="bell" size={16} />}</span> : <span class="pp-sender-avatar pp-none" />)}
          <Bubble m={m} name={!mine && first ? name : ""} last={last} />
        </div>
      </Fragment>
    );
  }
}

function Welcome() {
  const { words } = useUI(), a = useValue((s) => s.appearance), picture = a.operatorAvatar || a.logoUrl;
  return (
    <div class="pp-welcome">
      {picture ? <img class="pp-welcome-picture" src={picture} alt="" /> : <span class="pp-welcome-picture" aria-hidden="true"><Icon name="bell" size={30} /></span>}
      <p>{a.welcomeMessage || words.welcome}</p>
    </div>
  );
}
