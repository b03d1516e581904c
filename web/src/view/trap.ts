const reachable = "a[href], button:not(:disabled), textarea:not(:disabled), input:not(:disabled), select, audio, video, [tabindex='0']";

/** trap keeps Tab within a box: Escape leaves it. */
export function trap(e: KeyboardEvent, box: HTMLElement): void {
  if (e.key !== "Tab" || e.defaultPrevented) return;
  const all = [...box.querySelectorAll<HTMLElement>(reachable)].filter((el) => el.tabIndex >= 0 && el.checkVisibility?.({ visibilityProperty: true }) !== false);
  const first = all[0], last = all[all.length - 1], now = (box.getRootNode() as ShadowRoot).activeElement;
  if (!first) return;
  if (e.shiftKey ? now === first : now === last) {
    e.preventDefault();
    (e.shiftKey ? last : first).focus();
  }
}
