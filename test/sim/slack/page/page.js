"use strict";
// The page is rendered by the server; this script sends what the operator does and fetches the parts anew when something changed.
const $ = (id) => document.getElementById(id);
const body = document.body;
let editing = ""; // the ts of the message that is being edited
let picked = body.dataset.picked === "true";

async function send(path, data) {
  const answer = await fetch("/_sim/" + path, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(data),
  });
  if (!answer.ok) notice((await answer.json()).error);
  return answer.ok;
}

// act sends what an operator does.
const act = (path, data) => send(path, {as: operator(), ...data});

const thread = () => body.dataset.thread;
const operator = () => $("operator").value;

function notice(text) {
  $("notice").textContent = text.replace("slack simulator: ", "");
  $("notice").hidden = false;
  clearTimeout(notice.timer);
  notice.timer = setTimeout(() => { $("notice").hidden = true; }, 4000);
}

let busy = false, again = false;
async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    const answer = await fetch("/" + (picked ? "?thread=" + thread() : ""));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const line = $("timeline");
    const atEnd = line.scrollHeight - line.scrollTop - line.clientHeight < 80;
    const moved = fresh.body.dataset.thread !== body.dataset.thread;
    body.dataset.thread = fresh.body.dataset.thread;
    for (const id of ["status", "threads", "head", "timeline", "trouble"]) {
      const html = fresh.getElementById(id).innerHTML;
      if ($(id).innerHTML !== html) $(id).innerHTML = html;
    }
    if (atEnd || moved) line.scrollTop = line.scrollHeight;
    place();
  } catch { /* the simulator went away; the event source reconnects */ }
  busy = false;
  if (again) { again = false; refresh(); }
}

// place fits the composer to where one writes: a broadcast is a reply's.
function place() {
  document.querySelector(".also").hidden = !thread();
  $("text").placeholder = thread() ? "Reply…" : "Message the channel, or a /command…";
}

function setEditing(article) {
  editing = article ? article.dataset.ts : "";
  $("context").hidden = !editing;
  if (!editing) return;
  $("context").firstElementChild.textContent = "Edit: " + article.dataset.raw.slice(0, 80);
  $("text").value = article.dataset.raw;
  $("text").focus();
}

async function attached() {
  const file = $("file").files[0];
  if (!file) return [];
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return [{name: file.name, type: file.type || "application/octet-stream", data: btoa(text)}];
}

async function submit(event) {
  event.preventDefault();
  const text = $("text").value.trim();
  const files = await attached();
  if (!text && !files.length) return;
  let done;
  if (editing) done = await act("edit", {message: editing, text});
  else if (/^\/\w/.test(text)) {
    const [command, ...rest] = text.split(" ");
    done = await act("slash", {thread: thread(), command, text: rest.join(" ")});
  } else done = await act("say", {thread: thread(), text, files, broadcast: $("broadcast").checked});
  if (!done) return;
  $("text").value = "";
  $("file").value = "";
  $("broadcast").checked = false;
  grow();
  setEditing(null);
}

function grow() {
  $("text").style.height = "auto";
  $("text").style.height = $("text").scrollHeight + 2 + "px";
}

const gestures = {
  edit: (article) => setEditing(article),
  delete: (article) => act("delete", {message: article.dataset.ts}),
  emoji: (article, button) => {
    const mine = [...article.querySelectorAll(".reactions span")].some(
      (r) => r.dataset.emoji === button.dataset.key && r.dataset.who.split(", ").includes(operator()));
    act(mine ? "unreact" : "react", {message: article.dataset.ts, emoji: button.dataset.key});
  },
  press: (article, button) => act("press", {message: article.dataset.ts, button: button.dataset.key}),
  lock: () => send("thread/lock", {thread: thread(), on: true}),
  unlock: () => send("thread/lock", {thread: thread(), on: false}),
  remove: () => {
    if (confirm("Delete the root and all replies of this thread?")) send("thread/delete", {thread: thread()});
  },
  clear: () => send("fault/clear", {}),
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) return gestures[button.dataset.do](button.closest("article"), button);
  const link = event.target.closest("a.thread, a.jump");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  picked = true;
  body.dataset.thread = link.dataset.thread;
  history.pushState(null, "", link.href);
  setEditing(null);
  refresh().then(() => { $("timeline").scrollTop = $("timeline").scrollHeight; });
});

document.addEventListener("change", (event) => {
  const name = event.target.dataset.trouble;
  if (name) send("trouble", {name, on: event.target.checked});
  if (event.target.id === "operator" && event.target.value === "+") {
    const who = (prompt("Name of the operator") || "").trim();
    event.target.selectedIndex = 0;
    if (who) {
      event.target.prepend(new Option(who));
      event.target.selectedIndex = 0;
    }
  }
  if (event.target.id === "file" && event.target.files[0]) notice("Attached: " + event.target.files[0].name);
});

window.addEventListener("popstate", () => location.reload());
$("composer").addEventListener("submit", submit);
$("cancel").addEventListener("click", () => setEditing(null));
$("text").addEventListener("input", grow);
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  if (event.key === "Escape") setEditing(null);
});
place();
$("timeline").scrollTop = $("timeline").scrollHeight;
new EventSource("/_sim/events").onmessage = refresh;
setInterval(refresh, 5000); // "is typing" and the minute's window end without an event
