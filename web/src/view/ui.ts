import { createContext } from "preact";
import { useContext, useLayoutEffect, useState } from "preact/hooks";
import type { Words } from "../locale/load";
import type { Chat } from "../state/chat";
import type { Composer } from "../state/compose";
import type { State } from "../state/store";

export interface UI { chat: Chat; composer: Composer; words: Words; close(): void }
export const Context = createContext<UI>(null as unknown as UI);
export const useUI = (): UI => useContext(Context);

/** useValue draws a component anew when one value of the state changes. */
export function useValue<T>(select: (s: State) => T): T {
  const { chat } = useUI(), [, redraw] = useState({});
  const value = select(chat.store.get());
  useLayoutEffect(() => {
    const check = () => { if (select(chat.store.get()) !== value) redraw({}); };
    check();
    return chat.store.watch(check);
  }, [value]);
  return value;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function format(lang: string, options: Intl.DateTimeFormatOptions, at: string): string {
  const key = lang + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(lang, options));
  const date = new Date(at);
  return isNaN(+date) ? "" : formats.get(key)!.format(date);
}

export const time = (lang: string, at: string): string => format(lang, { hour: "numeric", minute: "2-digit" }, at);

/** day is what stands between the messages of two days. */
export function day(lang: string, at: string, words: Words): string {
  const age = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 864e5);
  return age === 0 ? words.today : age === 1 ? words.yesterday : format(lang, { weekday: "long", day: "numeric", month: "long" }, at);
}

export function bytes(n: number): string {
  return n < 1000 ? `${n} B` : n < 1e6 ? `${Math.round(n / 1e3)} kB` : `${(n / 1e6).toFixed(1)} MB`;
}

/** initials are those of a name's first two words. */
export const initials = (name: string): string => (name.match(/[\p{L}\p{N}]+/gu) || []).slice(0, 2).map((w) => [...w][0]).join("").toUpperCase();
