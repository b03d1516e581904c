import type { Appearance } from "../types";
import { luminance, onto, pick, solid } from "./color";

/** colours are the variables of an appearance, as a style sheet. */
export function colours(a: Appearance, night: boolean): string {
  const set: Record<string, string | undefined> = {}, main = solid(a.primaryColor, night);
  if (main) {
    set["--pp-primary"] = pick(a.primaryColor, night);
    set["--pp-solid"] = main;
    set["--pp-on-primary"] = a.primaryTextColor || onto(main);
    set["--pp-accent"] = accent(main, night);
  }
  const head = solid(a.headerColor, night);
  if (head) { set["--pp-header"] = pick(a.headerColor, night); set["--pp-on-header"] = onto(head); }
  const foot = solid(a.footerColor, night);
  if (foot) { set["--pp-footer"] = pick(a.footerColor, night); set["--pp-on-footer"] = onto(foot); }
  if (a.borderRadius !== undefined) set["--pp-radius"] = typeof a.borderRadius === "number" ? `${a.borderRadius}px` : a.borderRadius;
  set["--pp-font"] = a.fontFamily;
  const lines = Object.entries(set).filter(([, value]) => value && !/[;{}]/.test(value)).map(([name, value]) => `${name}:${value}`);
  return `.pp-window{${lines.join(";")}}${background(a.chatBackground, night)}`;
}

/** accent is the main colour where it is text or a line on the window's ground: with enough contrast (WCAG 1.4.3). */
function accent(main: string, night: boolean): string {
  const light = luminance(main);
  if (light === null) return main;
  if (night) return light > 0.3 ? main : `color-mix(in oklab, ${main} 45%, white)`;
  return light < 0.18 ? main : `color-mix(in oklab, ${main} 55%, black)`;
}

/** background is one of the names, a colour, or the address of a picture. */
function background(wanted: Appearance["chatBackground"], night: boolean): string {
  const name = pick(wanted, night), dots = night ? "rgb(255 255 255 / .07)" : "rgb(15 23 42 / .08)";
  const rule = (text: string) => `.pp-messages{${text}}`;
  if (!name || name === "plain") return "";
  if (name === "dots") return rule(`background-image:radial-gradient(${dots} 1px,transparent 1.5px);background-size:18px 18px`);
  if (name === "whatsapp") return rule(`background:${night ? "#0e1713" : "#efe7dd"} radial-gradient(${dots} 1.500px,transparent 2px) 0 0/22px 22px`);
  if (/^(https?:|\/|data:image\/)/.test(name)) return rule(`background:url(${JSON.stringify(name)}) center/cover`);
  return /[;{}]/.test(name) ? "" : rule(`background:${name}`);
}
