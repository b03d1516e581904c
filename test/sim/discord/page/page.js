"use strict";
// The page is rendered by the server; this script sends what the operator does and fetches the parts anew when something changed.
const $ = (id) => document.getElementById(id);
const body = document.body;
let context = null; // {kind: "reply" | "edit", id}
let picked = body.dataset.picked === "true";
let shown = body.dataset.thread; // whose timeline is on the page

async function post(path, data) {
  const answer = await fetch("/_sim/" + path, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify({as: operator(), ...data}),
  });
  const result = await answer.json();
  if (!answer.ok) notice(result.error);
  return answer.ok;
}

// settle posts what has no operator.
async function settle(path, data) {
  const answer = await fetch("/_sim/" + path, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(data),
  });
  if (!answer.ok) notice((await answer.json()).error);
}

const thread = () => body.dataset.thread;

function operator() {
  return $("operator").value;
}

function notice(text) {
  $("notice").textContent = text.replace("discord simulator: ", "");
  $("notice").hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { $("notice").hidden = true; }, 4000);
}

// What is fetched for one thread is thrown away when another was picked meanwhile, and nothing is replaced under a finger.
let busy = false, again = false, heldTill = 0;
const held = () => Date.now() < heldTill;
async function refresh() {
  if (busy || held()) { again = true; return; }
  busy = true;
  try {
    const asked = thread();
    const answer = await fetch("/" + (picked ? "?thread=" + asked : ""));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (held() || thread() !== asked) again = true;
    else show(fresh);
  } catch { /* the simulator went away; the event source reconnects */ }
  busy = false;
  catchUp();
}

function catchUp() {
  if (!again || busy || held()) return;
  again = false;
  refresh();
}

function show(fresh) {
  const line = $("timeline");
  const moved = fresh.body.dataset.thread !== shown;
  const atEnd = line.scrollHeight - line.scrollTop - line.clientHeight < 80;
  shown = body.dataset.thread = fresh.body.dataset.thread;
  body.dataset.commands = fresh.body.dataset.commands;
  for (const id of ["status", "threads", "head", "timeline", "trouble"]) {
    const html = fresh.getElementById(id).innerHTML;
    if ($(id).innerHTML !== html) $(id).innerHTML = html;
  }
  if (atEnd || moved) line.scrollTop = line.scrollHeight;
}

function setContext(kind, article) {
  context = kind ? {kind, id: article.dataset.id} : null;
  $("context").hidden = !kind;
  if (!kind) return;
  const label = kind === "edit" ? "Edit: " : "Reply to " + article.dataset.author + ": ";
  $("context").firstElementChild.textContent = label + article.dataset.raw.slice(0, 80);
  if (kind === "edit") $("text").value = article.dataset.raw;
  $("text").focus();
}

async function attached() {
  return Promise.all([...$("file").files].map(async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return {name: file.name, type: file.type || "application/octet-stream", data: btoa(text)};
  }));
}

function showAttached() {
  const names = [...$("file").files].map((file) => file.name);
  $("attached").hidden = names.length === 0;
  $("attached").firstElementChild.textContent = "📎 " + names.join(", ");
}

// command reads "/name words": the words become the command's first option. Nothing if the bot has no such command.
function command(text) {
  const found = /^\/([^\s]+)\s*([^]*)$/.exec(text);
  const known = found && JSON.parse(body.dataset.commands).find((c) => c.name === found[1]);
  if (!known) return null;
  return {command: known.name, values: found[2] && known.options.length ? {[known.options[0]]: found[2]} : {}};
}

async function submit(event) {
  event.preventDefault();
  const text = $("text").value.trim();
  const files = await attached();
  if (!text && !files.length) return;
  let done;
  if (context && context.kind === "edit") done = await post("edit", {message: context.id, text});
  else if (command(text)) done = await post("slash", {thread: thread(), ...command(text)});
  else done = await post("say", {thread: thread(), text, replyTo: context ? context.id : "", files});
  if (!done) return;
  $("text").value = "";
  $("file").value = "";
  showAttached();
  grow();
  setContext(null);
}

function grow() {
  $("text").style.height = "auto";
  $("text").style.height = $("text").scrollHeight + 2 + "px";
}

const gestures = {
  reply: (article) => setContext("reply", article),
  edit: (article) => setContext("edit", article),
  delete: (article) => post("delete", {message: article.dataset.id}),
  emoji: (article, button) => {
    const mine = [...article.querySelectorAll(".reactions span")].some(
      (r) => r.dataset.emoji === button.dataset.key && r.dataset.who === operator());
    post(mine ? "unreact" : "react", {message: article.dataset.id, emoji: button.dataset.key});
  },
  press: (article, button) => post("press", {message: article.dataset.id, button: button.dataset.key}),
  close: () => post("thread/close", {thread: thread()}),
  archive: () => post("thread/archive", {thread: thread()}),
  reopen: () => post("thread/reopen", {thread: thread()}),
  rename: () => {
    const name = prompt("New name of the thread");
    if (name) post("thread/rename", {thread: thread(), name});
  },
  remove: () => {
    if (confirm("Delete this thread and all of its messages?")) post("thread/delete", {thread: thread()});
  },
  clear: () => settle("fault/clear", {}),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) return gestures[button.dataset.do](button.closest("article"), button);
  const once = event.target.closest("[data-event]");
  if (once) return settle("trouble", {name: once.dataset.event, on: true});
  const link = event.target.closest("a.thread");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  picked = true;
  body.dataset.thread = link.dataset.thread;
  history.pushState(null, "", link.href);
  setContext(null);
  refresh();
});

document.addEventListener("change", (event) => {
  const name = event.target.dataset.trouble;
  if (name) settle("trouble", {name, on: event.target.checked});
  if (event.target.id === "operator" && event.target.value === "+") {
    const who = (prompt("Name of the operator") || "").trim();
    event.target.selectedIndex = 0;
    if (who) {
      event.target.prepend(new Option(who));
      event.target.selectedIndex = 0;
    }
  }
  if (event.target.id === "file") showAttached();
});

document.addEventListener("pointerdown", () => { heldTill = Date.now() + 800; setTimeout(catchUp, 850); }); // a list may swallow the end
document.addEventListener("pointerup", () => { heldTill = 0; setTimeout(catchUp); });
window.addEventListener("popstate", () => location.reload());
$("composer").addEventListener("submit", submit);
$("cancel").addEventListener("click", () => setContext(null));
$("detach").addEventListener("click", () => { $("file").value = ""; showAttached(); });
let typed = 0;
$("text").addEventListener("input", () => {
  grow();
  if (!thread() || Date.now() - typed < 8000) return;
  typed = Date.now();
  post("typing", {thread: thread()});
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  if (event.key === "Escape") setContext(null);
});
$("timeline").scrollTop = $("timeline").scrollHeight;
new EventSource("/_sim/events").onmessage = refresh;
setInterval(refresh, 5000); // "typing" and the budget's window end without an event
