"use strict";
run({
  name: "slack",
  parts: ["status", "threads", "head", "timeline", "trouble"],
  address: (follow) => "/" + (follow ? "" : "?thread=" + thread()),
  say: async (text, files) => {
    if (/^\/\w/.test(text)) {
      const [command, ...rest] = text.split(" ");
      return act("slash", {thread: thread(), command, text: rest.join(" ")});
    }
    const done = await act("say", {thread: thread(), text, files, broadcast: $("broadcast").checked});
    if (done) $("broadcast").checked = false;
    return done;
  },
  edit: (id, text) => act("edit", {message: id, text}),
  // placed fits the composer to where one writes: a broadcast is a reply's.
  placed: () => {
    document.querySelector(".also").hidden = !thread();
    $("text").placeholder = thread() ? "Reply…" : "Message the channel, or a /command…";
  },
  gestures: {
    delete: (article) => act("delete", {message: article.dataset.id}),
    emoji: (article, button) => act(reacted(article, button.dataset.key) ? "unreact" : "react", {message: article.dataset.id, emoji: button.dataset.key}),
    press: (article, button) => act("press", {message: article.dataset.id, button: button.dataset.key}),
    lock: () => post("thread/lock", {thread: thread(), on: true}),
    unlock: () => post("thread/lock", {thread: thread(), on: false}),
    remove: () => {
      if (confirm("Delete the root and all replies of this thread?")) post("thread/delete", {thread: thread()});
    },
  },
});
