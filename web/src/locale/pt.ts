import type { Words } from "./en";

const words: Words = {
  title: "Fale connosco", online: "Estamos online", reachable: "Costuma responder em poucos minutos", away: "Deixe-nos uma mensagem",
  connecting: "A ligar…", lost: "Sem ligação. O que escrever será enviado quando voltar.", welcome: "Olá! Como podemos ajudar?",
  placeholder: "Escreva uma mensagem…", send: "Enviar", attach: "Anexar ficheiros", close: "Fechar chat", you: "Você", team: "Suporte", ai: "Assistente",
  conversation: "Conversa", today: "Hoje", yesterday: "Ontem", edited: "editada", deleted: "Esta mensagem foi eliminada", typing: "está a escrever",
  sending: "A enviar", sent: "Enviada", delivered: "Entregue", read: "Lida", failed: "Não enviada", retry: "Tentar de novo", discard: "Descartar",
  reply: "Responder", edit: "Editar", remove: "Eliminar", actions: "Ações da mensagem", cancel: "Cancelar", save: "Guardar", replying: "Resposta a", editing: "Editar mensagem",
  photo: "Foto", file: "Ficheiro", drop: "Largue ficheiros aqui para os enviar", removeFile: "Remover", uploading: "A carregar", uploadFailed: "Não foi possível carregar",
  newest: "Últimas mensagens", fresh: "Novas mensagens", chars: "caracteres restantes", error: "Não funcionou. Tente novamente.",
  rate: "Como foi esta conversa?", faces: "Muito má|Má|Razoável|Boa|Muito boa", comment: "Quer acrescentar algo? (opcional)", submit: "Enviar",
  thanks: "Obrigado pela sua opinião!", notNow: "Agora não", contact: "Como podemos contactá-lo?", contactWhy: "Para receber a nossa resposta mesmo depois de sair.",
  email: "E-mail", phone: "Telefone", country: "País", start: "Continuar", skip: "Saltar", badEmail: "Introduza um e-mail válido.",
  badPhone: "Introduza um número de telefone válido.", shot: "A equipa pede para ver esta página", shotWhy: "É enviada uma imagem deste separador, sem o chat. Nada mais é partilhado.",
  share: "Partilhar imagem", decline: "Recusar", outdated: "Este chat está desatualizado. Recarregue a página.", closed: "Esta conversa foi encerrada. Escreva para a reabrir.",
  blocked: "O chat não está disponível neste momento.",
};
export default words;
