export const languages = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ja", "ar"];

/** language answers the first of the wanted, the page's and the browser's languages that the widget speaks. */
export function language(wanted?: string): string {
  const asked = [wanted === "auto" ? "" : wanted, document.documentElement.lang, ...(navigator.languages || [])];
  return asked.map((l) => (l || "").slice(0, 2).toLowerCase()).find((l) => languages.includes(l)) || "en";
}

export const direction = (lang: string): string => (lang === "ar" ? "rtl" : "ltr");
