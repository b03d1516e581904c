/** sheet makes a constructed style sheet: no <style> element, so that no content policy can refuse it. */
export function sheet(css: string): CSSStyleSheet {
  const s = new CSSStyleSheet();
  s.replaceSync(css);
  return s;
}

/** adopt adds sheets to a root, after what is there. */
export function adopt(root: ShadowRoot, ...sheets: CSSStyleSheet[]): void {
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
}

/** dark tells whether a theme is dark now. */
export function dark(theme: string | undefined): boolean {
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}
