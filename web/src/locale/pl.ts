import type { Words } from "./en";

const words: Words = {
  title: "Porozmawiaj z nami", online: "Jesteśmy online", reachable: "Zwykle odpowiadamy w kilka minut", away: "Zostaw nam wiadomość",
  connecting: "Łączenie…", lost: "Brak połączenia. Wiadomości zostaną wysłane po jego powrocie.", welcome: "Cześć! Jak możemy pomóc?",
  placeholder: "Napisz wiadomość…", send: "Wyślij", attach: "Dołącz pliki", close: "Zamknij czat", you: "Ty", team: "Wsparcie", ai: "Asystent",
  conversation: "Rozmowa", today: "Dzisiaj", yesterday: "Wczoraj", edited: "edytowano", deleted: "Ta wiadomość została usunięta", typing: "pisze",
  sending: "Wysyłanie", sent: "Wysłano", delivered: "Dostarczono", read: "Przeczytano", failed: "Nie wysłano", retry: "Spróbuj ponownie", discard: "Odrzuć",
  reply: "Odpowiedz", edit: "Edytuj", remove: "Usuń", actions: "Działania na wiadomości", cancel: "Anuluj", save: "Zapisz", replying: "Odpowiedź do", editing: "Edytuj wiadomość",
  photo: "Zdjęcie", file: "Plik", drop: "Upuść pliki tutaj, aby je wysłać", removeFile: "Usuń", uploading: "Przesyłanie", uploadFailed: "Nie udało się przesłać",
  newest: "Najnowsze wiadomości", fresh: "Nowe wiadomości", chars: "pozostałych znaków", error: "Nie udało się. Spróbuj ponownie.",
  rate: "Jak oceniasz tę rozmowę?", faces: "Bardzo źle|Źle|Średnio|Dobrze|Bardzo dobrze", comment: "Chcesz coś dodać? (opcjonalnie)", submit: "Wyślij",
  thanks: "Dziękujemy za opinię!", notNow: "Nie teraz", contact: "Jak możemy się z Tobą skontaktować?", contactWhy: "Aby nasza odpowiedź dotarła do Ciebie także później.",
  email: "E-mail", phone: "Telefon", country: "Kraj", start: "Dalej", skip: "Pomiń", badEmail: "Podaj prawidłowy adres e-mail.",
  badPhone: "Podaj prawidłowy numer telefonu.", shot: "Zespół prosi o podgląd tej strony", shotWhy: "Zostanie wysłany jeden obraz tej karty, bez czatu. Nic więcej nie jest udostępniane.",
  share: "Udostępnij obraz", decline: "Odmów", outdated: "Ten czat jest nieaktualny. Odśwież stronę.", closed: "Ta rozmowa została zamknięta. Napisz, aby ją wznowić.",
  blocked: "Czat jest teraz niedostępny.",
};
export default words;
