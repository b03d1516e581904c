import { keys, read } from "../keep";
import type { State } from "../state/store";
import type { PreChatForm } from "../types";

/** wanted answers the form when it is to be shown now. */
export function wanted(s: State): PreChatForm | null {
  const form = s.preChat;
  if (!form?.enabled || form.completed || (!form.required && read(keys.skipped))) return null;
  const said = s.messages.some((m) => m.sender === "visitor");
  const now = form.timing === "after-first-message" ? said : !s.messages.length;
  return now ? form : null;
}
