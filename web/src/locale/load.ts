import en, { type Words } from "./en";

export type { Words };

/** others are fetched by those who need one. */
const others: Record<string, () => Promise<{ default: Words }>> = {
  de: () => import("./de"), fr: () => import("./fr"), es: () => import("./es"), it: () => import("./it"), pt: () => import("./pt"),
  nl: () => import("./nl"), pl: () => import("./pl"), ja: () => import("./ja"), ar: () => import("./ar"),
};

/** load answers a language's words; English when they cannot be had. */
export function load(lang: string): Promise<Words> {
  return others[lang] ? others[lang]().then((m) => m.default, () => en) : Promise.resolve(en);
}
