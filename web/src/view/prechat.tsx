import type { PreChatForm } from "../types";
import { countries, dial, flag, own } from "./country";
import type { Kit } from "./form";

/** PreChat asks how the visitor can be reached. Few sites want it: it is fetched when it is to be shown, and is given what it uses,
 * so that it shares no code with the panel. */
export const make = ({ h, useState, useUI, useValue, Icon, skipped }: Kit) => {
  return function PreChat({ form }: { form: PreChatForm }) {
    const { chat, words } = useUI(), lang = useValue((s) => s.lang), fields = form.fields || "email-only";
    const [email, setEmail] = useState(""), [phone, setPhone] = useState(""), [country, setCountry] = useState(own()), [error, setError] = useState("");
    const withEmail = fields !== "phone-only", withPhone = fields !== "email-only", both = fields === "email-and-phone";
    const done = () => chat.store.set({ preChat: { ...form, completed: true } });
    const send = (e: Event) => {
      e.preventDefault();
      const digits = phone.replace(/\D/g, ""), full = digits && (phone.trim().startsWith("+") ? `+${digits}` : `+${dial(country)}${digits.replace(/^0+/, "")}`);
      const mail = email.trim();
      if (withEmail && (mail ? !/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(mail) : both || !withPhone || !full)) return setError(words.badEmail);
      if (withPhone && (full ? !/^\+[1-9]\d{6,14}$/.test(full) : both || !withEmail)) return setError(words.badPhone);
      const body = { sessionId: chat.session, email: mail || undefined, phone: full || undefined, phoneCountry: full ? country : undefined };
      chat.call("POST", "/prechat", body).then(done, () => setError(words.error));
    };
    return (
      <form class="pp-prechat" noValidate onSubmit={send}>
        <h3 class="pp-prechat-title">{words.contact}</h3>
        <p>{words.contactWhy}</p>
        {withEmail && (
          <div class="pp-prechat-field">
            <label class="pp-prechat-label" for="pp-email">{words.email}</label>
            <input class="pp-prechat-input" id="pp-email" type="email" autocomplete="email" inputMode="email" value={email} aria-invalid={error === words.badEmail} onInput={(e) => setEmail(e.currentTarget.value)} />
          </div>
        )}
        {withPhone && (
          <div class="pp-prechat-field">
            <label class="pp-prechat-label" for="pp-phone">{words.phone}</label>
            <div class="pp-country-list">
              <label class="pp-country-btn">
              <span aria-hidden="true">{flag(country)} +{dial(country)}</span>
              <select aria-label={words.country} value={country} onChange={(e) => setCountry(e.currentTarget.value)}>
                {countries(lang).map((c) => <option key={c.code} class="pp-country-option" value={c.code}>{c.name} +{c.dial}</option>)}
              </select>
            </label>
              <input class="pp-prechat-input pp-phone-number-input" id="pp-phone" type="tel" autocomplete="tel-national" inputMode="tel" value={phone} aria-invalid={error === words.badPhone} onInput={(e) => setPhone(e.currentTarget.value)} />
            </div>
          </div>
        )}
        {error && <p class="pp-prechat-error" role="alert">{error}</p>}
        <button type="submit" class="pp-prechat-submit">{words.start}<Icon name="send" size={16} /></button>
        {!form.required && <button type="button" class="pp-prechat-skip" onClick={() => { skipped(); done(); }}>{words.skip}</button>}
      </form>
    );
  };
};
