import type { Options } from "../types";
import { onto, pick, solid } from "../style/color";
import { adopt, dark, sheet } from "../style/sheet";
import css from "../style/toggle.css";
import { direction, language } from "../locale/choose";
import { icons } from "./icon";
import { words } from "./word";

export type Toggle = ReturnType<typeof draw>;

function svg(path: string): SVGSVGElement {
  const ns = "http://www.w3.org/2000/svg", s = document.createElementNS(ns, "svg"), p = document.createElementNS(ns, "path");
  s.setAttribute("viewBox", "0 0 24 24");
  s.setAttribute("aria-hidden", "true");
  p.setAttribute("d", path);
  s.append(p);
  return s;
}

/** draw makes the host element and the button. press is a click, hint what comes before one. */
export function draw(o: Options, calls: { press(): void; hint(): void }) {
  const host = document.createElement("div"), root = host.attachShadow({ mode: "open" });
  const button = document.createElement("button"), badge = document.createElement("span"), dot = document.createElement("span");
  const colours = sheet(""), scheme = matchMedia("(prefers-color-scheme: dark)");
  let lang = language(o.locale), state = { open: false, unread: 0, online: false };
  host.id = "pocketping-container";
  button.id = "pocketping-toggle";
  button.type = "button";
  badge.className = "pp-unread-badge";
  dot.className = "pp-online-dot";
  adopt(root, sheet(css), colours);
  root.append(button);

  const show = (change: Partial<typeof state>) => {
    state = { ...state, ...change };
    const [open, close, unread] = words[lang] || words.en;
    const count = o.showUnreadBadge !== false && !state.open ? state.unread : 0;
    badge.textContent = count > 99 ? "99+" : String(count);
    badge.hidden = !count;
    dot.hidden = !state.online || state.open || !!count;
    button.classList.toggle("pp-open", state.open);
    button.setAttribute("aria-expanded", String(state.open));
    button.setAttribute("aria-label", state.open ? close : open + (count ? `, ${count} ${unread}` : ""));
  };
  const configure = (given: Options) => {
    o = given;
    lang = language(o.locale);
    const night = dark(o.theme), colour = o.toggleColor || o.primaryColor;
    host.dir = direction(lang);
    host.lang = lang;
    colours.replaceSync(`:host{${variables(colour, night)}z-index:${Number(o.zIndex) || 2147483000}}`);
    button.className = `pp-toggle pp-${o.position === "bottom-left" ? "left" : "right"} ${button.classList.contains("pp-shown") ? "pp-shown" : ""}`;
    button.replaceChildren(face(o), svg(icons.down), badge, dot);
    show({});
  };
  const again = () => configure(o);
  configure(o);
  scheme.addEventListener("change", again);
  button.addEventListener("click", calls.press);
  for (const sign of ["pointerenter", "focus", "touchstart"]) button.addEventListener(sign, calls.hint, { once: true, passive: true });
  document.body.append(host);
  return {
    host, root, button, show, configure,
    appear: () => button.classList.add("pp-shown"),
    remove: () => { scheme.removeEventListener("change", again); host.remove(); },
  };
}

/** face is the closed toggle's picture: one of the names, or an address of a picture. */
function face(o: Options): Element {
  const own = o.toggleIcon;
  if (!own || icons[own]) return svg(icons[own || "chat"]);
  const image = new Image();
  image.src = own;
  image.alt = "";
  return image;
}

function variables(colour: Options["toggleColor"], night: boolean): string {
  const paint = pick(colour, night), plain = solid(colour, night);
  return paint && plain ? `--pp-toggle:${paint};--pp-on-toggle:${onto(plain)};` : "";
}
