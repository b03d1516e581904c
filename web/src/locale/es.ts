import type { Words } from "./en";

const words: Words = {
  title: "Habla con nosotros", online: "Estamos en línea", reachable: "Suele responder en unos minutos", away: "Déjanos un mensaje",
  connecting: "Conectando…", lost: "Sin conexión. Lo que escribas se enviará cuando vuelva.", welcome: "¡Hola! ¿En qué podemos ayudarte?",
  placeholder: "Escribe un mensaje…", send: "Enviar", attach: "Adjuntar archivos", close: "Cerrar chat", you: "Tú", team: "Soporte", ai: "Asistente",
  conversation: "Conversación", today: "Hoy", yesterday: "Ayer", edited: "editado", deleted: "Este mensaje fue eliminado", typing: "está escribiendo",
  sending: "Enviando", sent: "Enviado", delivered: "Entregado", read: "Leído", failed: "No enviado", retry: "Reintentar", discard: "Descartar",
  reply: "Responder", edit: "Editar", remove: "Eliminar", actions: "Acciones del mensaje", cancel: "Cancelar", save: "Guardar", replying: "Respuesta a", editing: "Editar mensaje",
  photo: "Foto", file: "Archivo", drop: "Suelta archivos aquí para enviarlos", removeFile: "Quitar", uploading: "Subiendo", uploadFailed: "No se pudo subir",
  newest: "Últimos mensajes", fresh: "Mensajes nuevos", chars: "caracteres restantes", error: "No ha funcionado. Inténtalo de nuevo.",
  rate: "¿Qué tal fue esta conversación?", faces: "Muy mal|Mal|Normal|Bien|Muy bien", comment: "¿Quieres añadir algo? (opcional)", submit: "Enviar",
  thanks: "¡Gracias por tu opinión!", notNow: "Ahora no", contact: "¿Cómo podemos contactarte?", contactWhy: "Para que recibas nuestra respuesta aunque te hayas ido.",
  email: "Correo electrónico", phone: "Teléfono", country: "País", start: "Continuar", skip: "Omitir", badEmail: "Introduce un correo electrónico válido.",
  badPhone: "Introduce un número de teléfono válido.", shot: "El equipo pide ver esta página", shotWhy: "Se envía una imagen de esta pestaña, sin el chat. No se comparte nada más.",
  share: "Compartir imagen", decline: "Rechazar", outdated: "Este chat está desactualizado. Recarga la página.", closed: "Esta conversación se cerró. Escribe para reabrirla.",
  blocked: "El chat no está disponible ahora mismo.",
};
export default words;
