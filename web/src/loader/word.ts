/** words are what the toggle says: open, close, unread. The panel brings the rest. */
export const words: Record<string, [string, string, string]> = {
  en: ["Open chat", "Close chat", "unread"], de: ["Chat öffnen", "Chat schließen", "ungelesen"], fr: ["Ouvrir le chat", "Fermer le chat", "non lus"],
  es: ["Abrir chat", "Cerrar chat", "sin leer"], it: ["Apri chat", "Chiudi chat", "non letti"], pt: ["Abrir chat", "Fechar chat", "não lidas"],
  nl: ["Chat openen", "Chat sluiten", "ongelezen"], pl: ["Otwórz czat", "Zamknij czat", "nieprzeczytane"], ja: ["チャットを開く", "チャットを閉じる", "件の未読"],
  ar: ["افتح الدردشة", "أغلق الدردشة", "غير مقروءة"],
};
