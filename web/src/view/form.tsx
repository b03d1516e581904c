import { h, type FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { keys, write } from "../keep";
import type { PreChatForm } from "../types";
import { Icon } from "./icon";
import { useUI, useValue } from "./ui";

const kit = { h, useState, useUI, useValue, Icon, skipped: () => write(keys.skipped, "1") };
export type Kit = typeof kit;
let PreChat: FunctionComponent<{ form: PreChatForm }> | null = null;

/** Form fetches the pre-chat form and shows it. When it cannot be had the visitor writes without. */
export function Form({ form }: { form: PreChatForm }) {
  const { chat } = useUI(), [, redraw] = useState({});
  useEffect(() => {
    if (!PreChat) import("./prechat").then((m) => { PreChat = m.make(kit); redraw({}); }, () => chat.store.set({ preChat: null }));
  }, []);
  return PreChat ? <PreChat form={form} /> : <div class="pp-prechat" aria-busy="true" />;
}
