"use strict";
// command reads "/name words": the words become the command's first option. Nothing if the bot has no such command.
function command(text) {
  const found = /^\/([^\s]+)\s*([^]*)$/.exec(text);
  const known = found && JSON.parse(body.dataset.commands).find((c) => c.name === found[1]);
  if (!known) return null;
  return {command: known.name, values: found[2] && known.options.length ? {[known.options[0]]: found[2]} : {}};
}

run({
  name: "discord",
  parts: ["status", "threads", "head", "timeline", "trouble"],
  address: (follow) => "/" + (follow ? "" : "?thread=" + thread()),
  say: (text, files, replyTo) => command(text) ? act("slash", {thread: thread(), ...command(text)}) : act("say", {thread: thread(), text, replyTo, files}),
  edit: (id, text) => act("edit", {message: id, text}),
  typing: () => { if (thread()) act("typing", {thread: thread()}); },
  gestures: {
    delete: (article) => act("delete", {message: article.dataset.id}),
    emoji: (article, button) => act(reacted(article, button.dataset.key) ? "unreact" : "react", {message: article.dataset.id, emoji: button.dataset.key}),
    press: (article, button) => act("press", {message: article.dataset.id, button: button.dataset.key}),
    close: () => act("thread/close", {thread: thread()}),
    archive: () => act("thread/archive", {thread: thread()}),
    reopen: () => act("thread/reopen", {thread: thread()}),
    rename: () => {
      const name = prompt("New name of the thread");
      if (name) act("thread/rename", {thread: thread(), name});
    },
    remove: () => {
      if (confirm("Delete this thread and all of its messages?")) act("thread/delete", {thread: thread()});
    },
  },
});
