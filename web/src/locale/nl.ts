import type { Words } from "./en";

const words: Words = {
  title: "Chat met ons", online: "We zijn online", reachable: "Antwoordt meestal binnen enkele minuten", away: "Laat een bericht achter",
  connecting: "Verbinden…", lost: "Geen verbinding. Wat u schrijft, wordt later verstuurd.", welcome: "Hallo! Waarmee kunnen we u helpen?",
  placeholder: "Schrijf een bericht…", send: "Versturen", attach: "Bestanden toevoegen", close: "Chat sluiten", you: "U", team: "Support", ai: "Assistent",
  conversation: "Gesprek", today: "Vandaag", yesterday: "Gisteren", edited: "bewerkt", deleted: "Dit bericht is verwijderd", typing: "is aan het typen",
  sending: "Wordt verstuurd", sent: "Verstuurd", delivered: "Bezorgd", read: "Gelezen", failed: "Niet verstuurd", retry: "Opnieuw proberen", discard: "Weggooien",
  reply: "Beantwoorden", edit: "Bewerken", remove: "Verwijderen", actions: "Acties bij bericht", cancel: "Annuleren", save: "Opslaan", replying: "Antwoord aan", editing: "Bericht bewerken",
  photo: "Foto", file: "Bestand", drop: "Laat bestanden hier los om ze te versturen", removeFile: "Verwijderen", uploading: "Uploaden", uploadFailed: "Uploaden is mislukt",
  newest: "Nieuwste berichten", fresh: "Nieuwe berichten", chars: "tekens over", error: "Dat is niet gelukt. Probeer het opnieuw.",
  rate: "Hoe was dit gesprek?", faces: "Heel slecht|Slecht|Redelijk|Goed|Heel goed", comment: "Wilt u iets toevoegen? (optioneel)", submit: "Versturen",
  thanks: "Bedankt voor uw mening!", notNow: "Niet nu", contact: "Hoe kunnen we u bereiken?", contactWhy: "Zo krijgt u ons antwoord ook als u weg bent.",
  email: "E-mail", phone: "Telefoon", country: "Land", start: "Doorgaan", skip: "Overslaan", badEmail: "Voer een geldig e-mailadres in.",
  badPhone: "Voer een geldig telefoonnummer in.", shot: "Het team wil deze pagina zien", shotWhy: "Er wordt één afbeelding van dit tabblad verstuurd, zonder de chat. Verder wordt niets gedeeld.",
  share: "Afbeelding delen", decline: "Weigeren", outdated: "Deze chat is verouderd. Laad de pagina opnieuw.", closed: "Dit gesprek is gesloten. Schrijf om het te heropenen.",
  blocked: "De chat is nu niet beschikbaar.",
};
export default words;
