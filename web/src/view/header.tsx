import { h } from "preact";
import { Icon } from "./icon";
import { initials, useUI, useValue } from "./ui";

export function Header() {
  const { words, close } = useUI(), a = useValue((s) => s.appearance);
  const online = useValue((s) => s.online), reachable = useValue((s) => s.reachable), session = useValue((s) => !!s.sessionId);
  const name = a.headerTitle || a.operatorName || words.title, picture = a.logoUrl || a.operatorAvatar;
  const status = !session ? words.connecting : a.headerSubtitle || (online ? words.online : reachable ? words.reachable : words.away);
  return (
    <div class="pp-header">
      <div class="pp-avatar-box">
        {picture ? <img class="pp-avatar" src={picture} alt="" /> : <span class="pp-avatar" aria-hidden="true">{a.operatorName ? initials(a.operatorName) : <Icon name="bell" size={24} />}</span>}
        <span class={`pp-status-dot ${online ? "pp-online" : reachable ? "pp-reachable" : ""}`} />
      </div>
      <div class="pp-header-info">
        <h2 class="pp-header-title">{name}</h2>
        <div class="pp-header-status" role="status">{status}</div>
      </div>
      <button type="button" class="pp-close-btn" aria-label={words.close} onClick={close}><Icon name="close" size={22} /></button>
    </div>
  );
}
