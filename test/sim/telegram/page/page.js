"use strict";
const chat = () => Number(body.dataset.chat);
const topic = () => Number(thread());
const messageOf = (article) => ({message: Number(article.dataset.id)});

run({
  name: "telegram",
  parts: ["status", "groups", "threads", "head", "timeline", "trouble"],
  address: (follow) => "/?chat=" + chat() + (follow ? "" : "&topic=" + topic()),
  shared: () => ({chat: chat()}),
  trouble: (name, on) => post("trouble", {chat: chat(), name, on}),
  // Pictures are sent as pictures, unless there is another file among them.
  file: (_, all) => ({kind: all.every((one) => /^image\/(png|jpeg|gif)$/.test(one.type)) ? "photo" : "document"}),
  say: (text, files, replyTo) => act("say", {topic: topic(), text, replyTo: Number(replyTo), files}),
  edit: (id, text) => act("edit", {message: Number(id), text}),
  gestures: {
    delete: (article) => act("delete", messageOf(article)),
    emoji: (article, button) => act("react", {...messageOf(article), emoji: reacted(article, button.dataset.key) ? "" : button.dataset.key}),
    press: (article, button) => act("press", {...messageOf(article), button: button.dataset.key}),
    close: () => act("topic/close", {topic: topic()}),
    reopen: () => act("topic/reopen", {topic: topic()}),
    rename: () => {
      const name = prompt("New name of the topic");
      if (name) act("topic/rename", {topic: topic(), name});
    },
    remove: () => {
      if (confirm("Delete this topic and all of its messages? The bot is not told.")) act("topic/delete", {topic: topic()});
    },
  },
});
