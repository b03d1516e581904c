import type { Words } from "./en";

const words: Words = {
  title: "Scrivici", online: "Siamo online", reachable: "Di solito risponde in pochi minuti", away: "Lasciaci un messaggio",
  connecting: "Connessione…", lost: "Nessuna connessione. I messaggi partiranno appena torna.", welcome: "Ciao! Come possiamo aiutarti?",
  placeholder: "Scrivi un messaggio…", send: "Invia", attach: "Allega file", close: "Chiudi chat", you: "Tu", team: "Assistenza", ai: "Assistente",
  conversation: "Conversazione", today: "Oggi", yesterday: "Ieri", edited: "modificato", deleted: "Questo messaggio è stato eliminato", typing: "sta scrivendo",
  sending: "Invio", sent: "Inviato", delivered: "Consegnato", read: "Letto", failed: "Non inviato", retry: "Riprova", discard: "Scarta",
  reply: "Rispondi", edit: "Modifica", remove: "Elimina", actions: "Azioni sul messaggio", cancel: "Annulla", save: "Salva", replying: "Risposta a", editing: "Modifica messaggio",
  photo: "Foto", file: "File", drop: "Trascina qui i file per inviarli", removeFile: "Rimuovi", uploading: "Caricamento", uploadFailed: "Caricamento non riuscito",
  newest: "Ultimi messaggi", fresh: "Nuovi messaggi", chars: "caratteri rimasti", error: "Qualcosa è andato storto. Riprova.",
  rate: "Com’è andata questa conversazione?", faces: "Molto male|Male|Così così|Bene|Molto bene", comment: "Vuoi aggiungere qualcosa? (facoltativo)", submit: "Invia",
  thanks: "Grazie per la tua opinione!", notNow: "Non ora", contact: "Come possiamo contattarti?", contactWhy: "Così ricevi la risposta anche se esci dal sito.",
  email: "E-mail", phone: "Telefono", country: "Paese", start: "Continua", skip: "Salta", badEmail: "Inserisci un indirizzo e-mail valido.",
  badPhone: "Inserisci un numero di telefono valido.", shot: "Il team chiede di vedere questa pagina", shotWhy: "Viene inviata un’immagine di questa scheda, senza la chat. Nient’altro è condiviso.",
  share: "Condividi immagine", decline: "Rifiuta", outdated: "Questa chat non è aggiornata. Ricarica la pagina.", closed: "Questa conversazione è stata chiusa. Scrivi per riaprirla.",
  blocked: "La chat non è disponibile al momento.",
};
export default words;
