// A plain visitor's page that speaks the widget protocol: connect, one WebSocket, a POST for each message.
(() => {
  "use strict";
  const endpoint = document.body.dataset.endpoint;
  const $ = (id) => document.getElementById(id);
  const messages = new Map();
  let session = null, socket = null, tries = 0, stopTyping = 0, attached = [], answering = null, atEnd = true, uploads = Promise.resolve();
  const began = Date.now();

  const keep = (key, value) => { if (value === null) localStorage.removeItem(key); else localStorage.setItem(key, value); };
  const visitorId = () => {
    let id = localStorage.getItem("pocketping_visitor_id");
    if (!id) { id = Date.now().toString(36) + "-" + Math.random().toString(36).slice(2, 11); keep("pocketping_visitor_id", id); }
    return id;
  };

  async function call(method, path, body) {
    const answer = await fetch(endpoint + path, {
      method, headers: { "Content-Type": "application/json", "X-PocketPing-Version": "2.6.0" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const data = await answer.json();
    if (!answer.ok) throw new Error(data.error || answer.statusText);
    return data;
  }

  function problem(text) { $("problem").textContent = text; $("problem").hidden = !text; }
  function state(text, on) { $("state").textContent = text; $("dot").classList.toggle("on", on); }

  async function connect() {
    try {
      const data = await call("POST", "/connect", {
        visitorId: visitorId(), sessionId: localStorage.getItem("pocketping_session_id"),
        metadata: { url: location.href, pageTitle: document.title, referrer: document.referrer, userAgent: navigator.userAgent, language: navigator.language, screenResolution: screen.width + "x" + screen.height },
      });
      session = data.sessionId;
      keep("pocketping_session_id", session);
      data.messages.forEach(take);
      problem("");
      listen();
    } catch (error) {
      problem("No connection: " + error.message);
      setTimeout(connect, 2000);
    }
  }

  function listen() {
    const mine = session;
    socket = new WebSocket(endpoint.replace(/^http/, "ws") + "/stream?sessionId=" + encodeURIComponent(session));
    socket.onopen = () => { tries = 0; state("connected", true); };
    socket.onmessage = (event) => hear(JSON.parse(event.data));
    socket.onclose = () => {
      if (mine !== session) return;
      state("connecting again…", false);
      setTimeout(() => mine === session && listen(), Math.min(16000, 1000 * 2 ** tries++));
    };
  }

  function hear({ type, data }) {
    const known = (id) => messages.get(id);
    switch (type) {
      case "message": if (data.sender !== "visitor") { $("typing").hidden = true; problem(""); } take(data); break;
      case "message_edited": if (known(data.messageId)) take({ ...known(data.messageId), content: data.content, editedAt: data.editedAt }); break;
      case "message_deleted": if (known(data.messageId)) take({ ...known(data.messageId), content: "", deletedAt: data.deletedAt || "now" }); break;
      case "read": data.messageIds.filter(known).forEach((id) => take({ ...known(id), status: data.status })); break;
      case "typing": $("typing").hidden = !data.isTyping; break;
      case "presence": state(data.online ? "somebody is here" : "connected", true); break;
      case "screenshot_request": picture(data).catch((error) => problem("No picture: " + error.message)); break;
      case "csat_request": $("rating").hidden = false; break;
      case "session_closed": problem("The team has closed this conversation. Write to open it again."); break;
    }
  }

  function take(message) {
    messages.set(message.id, { ...messages.get(message.id), ...message });
    draw();
    if (message.sender !== "visitor" && message.status !== "read") {
      call("POST", "/read", { sessionId: session, messageIds: [message.id], status: "read" }).catch(() => {});
    }
  }

  const ticks = { sending: "…", sent: "✓", delivered: "✓✓", read: "✓✓ read" };
  function element(tag, className, text) { const e = document.createElement(tag); e.className = className; if (text) e.textContent = text; return e; }

  function draw() {
    const list = $("list");
    const items = [...messages.values()].sort((a, b) => a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0).map((m) => {
      const li = element("li", m.sender + "-message");
      li.dataset.id = m.id;
      if (m.sender !== "visitor") li.append(element("div", "who", m.operatorName || m.sender));
      if (m.replyTo && m.replyTo.content !== undefined) li.append(element("div", "quote", m.replyTo.deleted ? "message deleted" : m.replyTo.content));
      li.append(m.deletedAt ? element("div", "text deleted", "message deleted") : element("div", "text", m.content));
      if (!m.deletedAt) (m.attachments || []).forEach((a) => li.append(shown(a)));
      const meta = element("div", "meta", new Date(m.timestamp).toLocaleTimeString() + (m.editedAt ? " · edited" : ""));
      if (!m.deletedAt && !m.id.startsWith("temp-")) meta.append(action("reply", async () => answer(m)));
      if (m.sender === "visitor") {
        meta.append(element("span", "ticks", ticks[m.status] || ""));
        if (!m.deletedAt && !m.id.startsWith("temp-")) meta.append(action("edit", () => edit(m)), action("delete", () => remove(m)));
      }
      li.append(meta);
      return li;
    });
    list.replaceChildren(...items);
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  // Whoever reads the end goes on reading it, also when a picture has come and needs its room.
  $("list").onscroll = () => { atEnd = $("list").scrollTop + $("list").clientHeight > $("list").scrollHeight - 60; };
  $("list").addEventListener("load", () => { if (atEnd) $("list").scrollTop = $("list").scrollHeight; }, true);

  // A picture is shown as one, sound and film are played, anything else is a link to save.
  function shown(a) {
    const kind = a.mimeType.split("/")[0];
    const link = element("a", "file", kind === "image" ? "" : "📎 " + a.filename + " (" + size(a.size) + ")");
    link.href = a.url; link.target = "_blank"; link.rel = "noopener";
    if (kind === "image") { const image = new Image(); image.src = a.url; image.alt = a.filename; link.append(image); }
    if (kind !== "audio" && kind !== "video") return link;
    const player = document.createElement(kind);
    player.controls = true; player.preload = "metadata"; player.src = a.url;
    return player;
  }
  const size = (bytes) => bytes < 1000 ? bytes + " B" : bytes < 1e6 ? (bytes / 1e3).toFixed(1) + " kB" : (bytes / 1e6).toFixed(1) + " MB";

  function action(text, run) { const b = element("button", "", text); b.type = "button"; b.onclick = () => run().catch((e) => problem(e.message)); return b; }
  async function edit(m) {
    const content = prompt("Change the message", m.content);
    if (content) await call("PATCH", "/message/" + encodeURIComponent(m.id), { sessionId: session, content });
  }
  const remove = (m) => call("DELETE", "/message/" + encodeURIComponent(m.id) + "?sessionId=" + encodeURIComponent(session));

  // answer quotes a message in the next one; without one it quotes nothing.
  function answer(m) {
    answering = m || null;
    $("quoting").hidden = !m;
    $("quoting").replaceChildren(...(m ? [element("span", "quote", m.content || "a file"), action("cancel", async () => answer())] : []));
    if (m) $("text").focus();
  }

  // A file goes up in three steps: ask for an address, put the bytes there, say that they are complete.
  async function upload(file) {
    const to = await call("POST", "/upload", { sessionId: session, filename: file.name, mimeType: file.type, size: file.size });
    const put = await fetch(to.uploadUrl, { method: "PUT", headers: { "Content-Type": file.type || "application/octet-stream" }, body: file });
    if (!put.ok) throw new Error((await put.json()).error);
    return call("POST", "/upload/complete", { sessionId: session, attachmentId: to.attachmentId });
  }
  $("file").onchange = () => {
    const chosen = [...$("file").files];
    $("file").value = "";
    uploads = uploads.then(() => uploadAll(chosen));
  };
  async function uploadAll(chosen) {
    for (const file of chosen) {
      $("files").hidden = false; $("files").textContent = "sending " + file.name + "…";
      try { attached.push(await upload(file)); problem(""); } catch (error) { problem(file.name + ": " + error.message); }
    }
    drawFiles();
  }
  function drawFiles() {
    $("files").hidden = attached.length === 0;
    $("files").replaceChildren(...attached.flatMap((a) => [document.createTextNode("📎 " + a.filename + " "), action("remove", async () => { attached = attached.filter((b) => b !== a); drawFiles(); })]));
  }

  async function send(content, files, quoted) {
    const temp = { id: "temp-" + Date.now(), content, attachments: files, sender: "visitor", status: "sending", timestamp: new Date().toISOString(), replyTo: quoted && { content: quoted.content } };
    messages.set(temp.id, temp); draw();
    try {
      const answer = await call("POST", "/message", { sessionId: session, content, sender: "visitor", attachmentIds: files.map((a) => a.id), replyTo: quoted ? quoted.id : undefined });
      messages.delete(temp.id);
      take({ replyTo: temp.replyTo, status: "sent", ...messages.get(answer.messageId), id: answer.messageId, content, attachments: answer.attachments, sender: "visitor", timestamp: answer.timestamp });
      problem("");
    } catch (error) {
      messages.delete(temp.id); draw();
      $("text").value = content; attached = files; drawFiles(); answer(quoted);
      problem("Not sent: " + error.message);
    }
  }

  $("form").onsubmit = async (event) => {
    event.preventDefault();
    await uploads;
    const content = $("text").value, files = attached, quoted = answering;
    if (!content.trim() && !files.length || !session) return;
    $("text").value = ""; attached = []; drawFiles(); answer();
    send(content, files, quoted);
  };
  $("faces").append(..."😡😕😐🙂😍".match(/./gu).map((face, i) => action(face, async () => {
    await call("POST", "/csat", { sessionId: session, score: i + 1, comment: $("comment").value });
    $("rating").hidden = true; $("comment").value = "";
  })));
  $("who").onclick = () => {
    const name = prompt("Your name"); if (!name) return;
    const email = prompt("Your e-mail address") || undefined;
    call("POST", "/identify", { sessionId: session, identity: { id: email || name, name, email } }).then(() => problem(""), (e) => problem(e.message));
  };
  // picture draws what the visitor reads. The widget photographs the page; this one has no library for that.
  async function picture({ requestId }) {
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    canvas.width = 640; canvas.height = 360;
    pen.fillStyle = "#fff"; pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = "#1b2130"; pen.font = "16px sans-serif";
    [document.title, location.href, ...$("list").innerText.split("\n").slice(-13)].forEach((line, i) => pen.fillText(line.slice(0, 80), 16, 28 + 22 * i));
    const image = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const to = await call("POST", "/screenshot/upload", { sessionId: session, requestId });
    const put = await fetch(to.uploadUrl, { method: "PUT", headers: { "Content-Type": "image/png" }, body: image });
    if (!put.ok) throw new Error((await put.json()).error);
    await call("POST", "/screenshot/upload/complete", { sessionId: session, requestId, attachmentId: to.attachmentId, size: image.size });
  }
  // What the shop's page tells of its visitor, as its own script would.
  $("basket").onclick = () => socket && socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(
    { type: "event", data: { name: "added_to_basket", data: { item: "umbrella", price: 12.5 }, timestamp: new Date().toISOString() } }));
  addEventListener("pagehide", () => session && navigator.sendBeacon(endpoint + "/disconnect", new Blob(
    [JSON.stringify({ sessionId: session, duration: Math.round((Date.now() - began) / 1000), reason: "page_unload" })], { type: "application/json" })));
  $("text").onkeydown = (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); $("form").requestSubmit(); } };
  $("text").oninput = () => {
    if (!session || Date.now() < stopTyping) return;
    stopTyping = Date.now() + 3000;
    call("POST", "/typing", { sessionId: session, sender: "visitor", isTyping: true }).catch(() => {});
  };
  $("fresh").onclick = () => {
    keep("pocketping_session_id", null); keep("pocketping_visitor_id", null);
    session = null; messages.clear(); draw(); problem(""); attached = []; drawFiles(); answer(); $("rating").hidden = true;
    if (socket) socket.close();
    connect();
  };
  connect();
})();
