import { h, type ComponentChild } from "preact";

const marks = /(`[^`\n]+`)|(\*\*[^*\n]+\*\*)|(\*[^*\s][^*\n]*\*|\b_[^_\n]+_\b)|(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/g;

/** inline renders bold, italic, code and links of one line. It makes nodes, never HTML. */
function inline(line: string): ComponentChild[] {
  const out: ComponentChild[] = [];
  let from = 0;
  for (const found of line.matchAll(marks)) {
    const [all, code, bold, italic] = found;
    if (found.index! > from) out.push(line.slice(from, found.index));
    if (code) out.push(<code>{all.slice(1, -1)}</code>);
    else if (bold) out.push(<strong>{all.slice(2, -2)}</strong>);
    else if (italic) out.push(<em>{all.slice(1, -1)}</em>);
    else out.push(<a href={all} target="_blank" rel="noopener noreferrer nofollow">{all}</a>);
    from = found.index! + all.length;
  }
  if (from < line.length) out.push(line.slice(from));
  return out;
}

/** markdown renders the little that the protocol knows: bold, italic, code, bullet lists, line breaks. */
export function markdown(text: string): ComponentChild[] {
  const out: ComponentChild[] = [];
  let list: ComponentChild[] = [], lines: ComponentChild[] = [];
  const flush = () => {
    if (list.length) out.push(<ul>{list}</ul>);
    if (lines.length) out.push(<span>{lines}</span>);
    list = [];
    lines = [];
  };
  for (const line of text.split("\n")) {
    const bullet = /^\s*[-*•]\s+(.+)/.exec(line);
    if (bullet ? lines.length : list.length) flush();
    if (bullet) list.push(<li>{inline(bullet[1])}</li>);
    else lines.push(lines.length ? <br /> : null, ...inline(line));
  }
  flush();
  return out;
}
