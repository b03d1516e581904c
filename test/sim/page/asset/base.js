"use strict";
// What the operators' pages of all simulators do alike. The server renders the page; this script sends what the operator does and
// fetches the parts anew when something changed. A platform's page.js calls run with what is its own:
//   name, parts (ids of what is fetched anew), address (of what is shown; follow: of what the server would show),
//   say(text, files, replyTo), edit(id, text), gestures by data-do,
//   and if it has them: file(file, files) → what goes along, shared() → fields of every act, typing(), placed(fresh).
const $ = (id) => document.getElementById(id);
const body = document.body;
let platform = null;
let context = null; // {kind: "reply" | "edit", id}
let picked = body.dataset.picked === "true"; // until the operator has chosen, or begun to write, the page follows the newest
let shown = body.dataset.thread; // whose timeline is on the page
const thread = () => body.dataset.thread;
const operator = () => $("operator").value;

// post returns whether it was done; what was wrong is shown.
async function post(path, data) {
  const answer = await fetch("/_sim/" + path, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(data),
  });
  if (!answer.ok) notice((await answer.json()).error);
  return answer.ok;
}

// act posts what an operator does.
const act = (path, data) => post(path, {as: operator(), ...(platform.shared ? platform.shared() : {}), ...data});

function notice(text) {
  $("notice").textContent = text.replace(platform.name + " simulator: ", "");
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
    const asked = thread(), chosen = picked;
    const answer = await fetch(platform.address(!picked));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (held() || thread() !== asked || picked !== chosen) again = true;
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
  const moved = fresh.body.dataset.thread !== shown;
  shown = fresh.body.dataset.thread;
  Object.assign(body.dataset, fresh.body.dataset, {picked});
  for (const id of platform.parts) {
    const html = fresh.getElementById(id).innerHTML;
    if ($(id).innerHTML !== html) $(id).innerHTML = html;
  }
  if (atEnd || moved) toEnd();
  if (platform.placed) platform.placed();
}

// Whoever reads the end goes on reading it, also when a picture has come and needs its room.
let atEnd = true;
function toEnd() { $("timeline").scrollTop = $("timeline").scrollHeight; }
function scrolled() {
  const line = $("timeline");
  atEnd = line.scrollHeight - line.scrollTop - line.clientHeight < 80;
}

function setContext(kind, article) {
  context = kind ? {kind, id: article.dataset.id} : null;
  $("context").hidden = !kind;
  if (!kind) return;
  picked = true;
  const label = kind === "edit" ? "Edit: " : "Reply to " + article.dataset.author + ": ";
  $("context").firstElementChild.textContent = label + article.dataset.raw.slice(0, 80);
  if (kind === "edit") $("text").value = article.dataset.raw;
  grow();
  $("text").focus();
}

async function attached() {
  const files = [...$("file").files];
  return Promise.all(files.map(async (file) => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let text = "";
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    const own = platform.file ? platform.file(file, files) : {};
    return {name: file.name, type: file.type || "application/octet-stream", data: btoa(text), ...own};
  }));
}

function showAttached() {
  const names = [...$("file").files].map((file) => file.name);
  $("attached").hidden = names.length === 0;
  $("attached").firstElementChild.textContent = "📎 " + names.join(", ");
  if (names.length) picked = true;
}

async function submit(event) {
  event.preventDefault();
  const text = $("text").value.trim();
  const files = await attached();
  if (!text && !files.length) return;
  const editing = context && context.kind === "edit";
  const done = await (editing ? platform.edit(context.id, text) : platform.say(text, files, context ? context.id : ""));
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

// reacted tells whether the operator's reaction is there already.
const reacted = (article, emoji) => [...article.querySelectorAll(".reactions span")].some(
  (r) => r.dataset.emoji === emoji && r.dataset.who.split(", ").includes(operator()));

function clicked(event) {
  const button = event.target.closest("[data-do]");
  if (button) return platform.gestures[button.dataset.do](button.closest("article"), button);
  const once = event.target.closest("[data-event]");
  if (once) return platform.trouble(once.dataset.event, true);
  const link = event.target.closest("a[data-thread]");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  picked = true;
  body.dataset.thread = link.dataset.thread;
  history.pushState(null, "", link.href);
  setContext(null);
  refresh();
}

function changed(event) {
  if (event.target.dataset.trouble) platform.trouble(event.target.dataset.trouble, event.target.checked);
  if (event.target.id === "file") showAttached();
  if (event.target.id !== "operator" || event.target.value !== "+") return;
  const who = (prompt("Name of the operator") || "").trim();
  event.target.selectedIndex = 0;
  if (!who) return;
  event.target.prepend(new Option(who));
  event.target.selectedIndex = 0;
}

let typed = 0;
function typing() {
  grow();
  picked = true;
  if (!platform.typing || Date.now() - typed < 8000) return;
  typed = Date.now();
  platform.typing();
}

function run(own) {
  platform = own;
  platform.trouble ??= (name, on) => post("trouble", {name, on});
  platform.gestures = {
    reply: (article) => setContext("reply", article),
    edit: (article) => setContext("edit", article),
    clear: () => post("fault/clear", {}),
    ...own.gestures,
  };
  document.addEventListener("click", clicked);
  document.addEventListener("change", changed);
  document.addEventListener("pointerdown", () => { heldTill = Date.now() + 800; setTimeout(catchUp, 850); }); // a list may swallow the end
  document.addEventListener("pointerup", () => { heldTill = 0; setTimeout(catchUp); });
  window.addEventListener("popstate", () => location.reload());
  $("composer").addEventListener("submit", submit);
  $("cancel").addEventListener("click", () => setContext(null));
  $("detach").addEventListener("click", () => { $("file").value = ""; showAttached(); });
  $("text").addEventListener("input", typing);
  $("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    if (event.key === "Escape") setContext(null);
  });
  if (platform.placed) platform.placed();
  $("timeline").addEventListener("scroll", scrolled);
  $("timeline").addEventListener("load", () => { if (atEnd) toEnd(); }, true);
  toEnd();
  new EventSource("/_sim/events").onmessage = refresh;
  setInterval(refresh, 5000); // "typing" and the budget's window end without an event
}
