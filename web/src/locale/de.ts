import type { Words } from "./en";

const words: Words = {
  title: "Chatten Sie mit uns", online: "Wir sind online", reachable: "Antwortet meist in wenigen Minuten", away: "Hinterlassen Sie uns eine Nachricht",
  connecting: "Verbinde…", lost: "Keine Verbindung. Ihre Nachrichten werden gesendet, sobald sie wieder da ist.", welcome: "Hallo! Wie können wir Ihnen helfen?",
  placeholder: "Nachricht schreiben…", send: "Senden", attach: "Dateien anhängen", close: "Chat schließen", you: "Sie", team: "Support", ai: "Assistent",
  conversation: "Unterhaltung", today: "Heute", yesterday: "Gestern", edited: "bearbeitet", deleted: "Diese Nachricht wurde gelöscht", typing: "schreibt",
  sending: "Wird gesendet", sent: "Gesendet", delivered: "Zugestellt", read: "Gelesen", failed: "Nicht gesendet", retry: "Erneut versuchen", discard: "Verwerfen",
  reply: "Antworten", edit: "Bearbeiten", remove: "Löschen", actions: "Aktionen zur Nachricht", cancel: "Abbrechen", save: "Speichern", replying: "Antwort an", editing: "Nachricht bearbeiten",
  photo: "Foto", file: "Datei", drop: "Dateien zum Senden hier ablegen", removeFile: "Entfernen", uploading: "Wird hochgeladen", uploadFailed: "Konnte nicht hochgeladen werden",
  newest: "Neueste Nachrichten", fresh: "Neue Nachrichten", chars: "Zeichen übrig", error: "Das hat nicht geklappt. Bitte versuchen Sie es noch einmal.",
  rate: "Wie war diese Unterhaltung?", faces: "Sehr schlecht|Schlecht|In Ordnung|Gut|Sehr gut", comment: "Möchten Sie etwas ergänzen? (freiwillig)", submit: "Absenden",
  thanks: "Danke für Ihre Rückmeldung!", notNow: "Jetzt nicht", contact: "Wie können wir Sie erreichen?", contactWhy: "Damit unsere Antwort Sie auch später erreicht.",
  email: "E-Mail", phone: "Telefon", country: "Land", start: "Weiter", skip: "Überspringen", badEmail: "Bitte geben Sie eine gültige E-Mail-Adresse ein.",
  badPhone: "Bitte geben Sie eine gültige Telefonnummer ein.", shot: "Das Team möchte diese Seite sehen", shotWhy: "Ein Bild dieses Tabs wird gesendet, ohne den Chat. Sonst wird nichts geteilt.",
  share: "Bild teilen", decline: "Ablehnen", outdated: "Dieser Chat ist veraltet. Bitte laden Sie die Seite neu.", closed: "Diese Unterhaltung wurde geschlossen. Schreiben Sie, um sie wieder zu öffnen.",
  blocked: "Der Chat ist gerade nicht verfügbar.",
};
export default words;
