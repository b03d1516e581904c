import type { Colour } from "../types";

/** pick answers a colour for a theme as CSS: a colour or a gradient. */
export function pick(colour: Colour | undefined, dark: boolean): string | undefined {
  if (!colour) return undefined;
  if (typeof colour === "string") return colour;
  if ("light" in colour) return pick(dark ? colour.dark : colour.light, dark);
  return `linear-gradient(${colour.direction || "135deg"}, ${colour.from}, ${colour.to})`;
}

/** solid answers one colour of it, for text and lines. */
export function solid(colour: Colour | undefined, dark: boolean): string | undefined {
  if (!colour || typeof colour === "string") return colour || undefined;
  return "light" in colour ? solid(dark ? colour.dark : colour.light, dark) : colour.from;
}

/** onto answers the text colour that reads best on a colour: white, or near black (WCAG's relative luminance). */
export function onto(colour: string): string {
  const light = luminance(colour);
  return light === null || (1.05 / (light + 0.05)) >= 4.5 ? "#ffffff" : "#10131a";
}

/** luminance answers null for what is not #rgb, #rrggbb or rgb(). */
export function luminance(colour: string): number | null {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour.trim());
  let parts: number[];
  if (hex) {
    const digits = hex[1].length === 3 ? hex[1].replace(/./g, "$&$&") : hex[1];
    parts = [0, 2, 4].map((i) => parseInt(digits.slice(i, i + 2), 16));
  } else {
    const rgb = /^rgba?\(([^)]+)\)$/.exec(colour.trim());
    if (!rgb) return null;
    parts = rgb[1].split(/[\s,/]+/).slice(0, 3).map(Number);
  }
  const [r, g, b] = parts.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
