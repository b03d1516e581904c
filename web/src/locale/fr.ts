import type { Words } from "./en";

const words: Words = {
  title: "Discutez avec nous", online: "Nous sommes en ligne", reachable: "Répond en général en quelques minutes", away: "Laissez-nous un message",
  connecting: "Connexion…", lost: "Pas de connexion. Vos messages partiront dès son retour.", welcome: "Bonjour ! Comment pouvons-nous vous aider ?",
  placeholder: "Écrivez un message…", send: "Envoyer", attach: "Joindre des fichiers", close: "Fermer le chat", you: "Vous", team: "Support", ai: "Assistant",
  conversation: "Conversation", today: "Aujourd’hui", yesterday: "Hier", edited: "modifié", deleted: "Ce message a été supprimé", typing: "écrit",
  sending: "Envoi", sent: "Envoyé", delivered: "Distribué", read: "Lu", failed: "Non envoyé", retry: "Réessayer", discard: "Abandonner",
  reply: "Répondre", edit: "Modifier", remove: "Supprimer", actions: "Actions du message", cancel: "Annuler", save: "Enregistrer", replying: "Réponse à", editing: "Modifier le message",
  photo: "Photo", file: "Fichier", drop: "Déposez des fichiers ici pour les envoyer", removeFile: "Retirer", uploading: "Envoi du fichier", uploadFailed: "Le fichier n’a pas pu être envoyé",
  newest: "Derniers messages", fresh: "Nouveaux messages", chars: "caractères restants", error: "Cela n’a pas fonctionné. Veuillez réessayer.",
  rate: "Comment s’est passée cette conversation ?", faces: "Très mal|Mal|Correct|Bien|Très bien", comment: "Souhaitez-vous ajouter quelque chose ? (facultatif)", submit: "Envoyer",
  thanks: "Merci pour votre avis !", notNow: "Plus tard", contact: "Comment pouvons-nous vous joindre ?", contactWhy: "Pour que notre réponse vous parvienne même plus tard.",
  email: "E-mail", phone: "Téléphone", country: "Pays", start: "Continuer", skip: "Passer", badEmail: "Veuillez saisir une adresse e-mail valide.",
  badPhone: "Veuillez saisir un numéro de téléphone valide.", shot: "L’équipe demande à voir cette page", shotWhy: "Une image de cet onglet est envoyée, sans le chat. Rien d’autre n’est partagé.",
  share: "Partager une image", decline: "Refuser", outdated: "Ce chat n’est plus à jour. Veuillez recharger la page.", closed: "Cette conversation a été fermée. Écrivez pour la rouvrir.",
  blocked: "Le chat n’est pas disponible pour le moment.",
};
export default words;
