// Keeps the page current: the server pushes the part that changes, and times are counted here.
// Without this script every form works, and people reload the page.
"use strict";
const connection = document.getElementById("connection");
const RETRY_MS = 5000;
let offset = Number(document.querySelector("main").dataset.now) - performance.now() / 1000;
let heard = performance.now();
let source = null, polling = false, ended = false;

function clock(seconds) {
  const whole = Math.max(0, seconds);
  const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60, rest = whole % 60;
  const two = (n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function count() {
  const now = performance.now() / 1000 + offset;
  for (const el of document.querySelectorAll("[data-since]")) {
    el.textContent = clock(Math.floor(now - Number(el.dataset.since)));
  }
  for (const el of document.querySelectorAll("[data-until]")) {
    el.textContent = clock(Math.ceil(Number(el.dataset.until) - now));
  }
}

// only what changed: a press on a button and the focus stay, and a screen reader announces what is new, once
function patch(part, fresh) {
  const before = [...part.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((node, index) => {
    const old = before[index];
    if (!old) part.append(node);
    else if (old.isEqualNode(node)) return;
    else if (old.nodeType === 1 && old.cloneNode(false).isEqualNode(node.cloneNode(false))) patch(old, node);
    else old.replaceWith(node);
  });
  before.slice(after.length).forEach((node) => node.remove());
}

function replace(part, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  patch(part, template.content);
}

// another stage has other forms; what a person typed and chose stays
function renew(part, html) {
  const focus = part.contains(document.activeElement) ? document.activeElement.id : "";
  const fields = [...part.querySelectorAll("input[id], select")].map((field) => [field.id, field.value]);
  part.innerHTML = html;
  for (const [id, value] of fields) {
    const field = document.getElementById(id);
    if (field && (!field.options || [...field.options].some((option) => option.value === value))) field.value = value;
  }
  if (focus && document.getElementById(focus)) document.getElementById(focus).focus();
}

function show(update) {
  heard = performance.now();
  connection.hidden = true;
  offset = update.now - heard / 1000;
  for (const [id, html] of Object.entries(update.parts || {})) {
    const part = document.getElementById(id);
    if (id !== "forms") replace(part, html);
    else if (part.dataset.stage !== update.stage) { part.dataset.stage = update.stage; renew(part, html); }
  }
  count();
  if (update.ended) {
    ended = true;
    source.close();
  }
}

// a proxy may hold the stream back, and a phone may have slept: then ask
async function poll() {
  if (polling || ended) return;
  polling = true;
  try {
    const answer = await fetch("/state", { cache: "no-store" });
    if (answer.status === 401) location.reload();
    if (answer.ok) show(await answer.json());
  } catch {
    connection.hidden = false;
  } finally {
    polling = false;
  }
}

// a browser gives a stream up after an error answer, as of a proxy whose server is away for a moment
function connect() {
  if (ended || (source && source.readyState !== EventSource.CLOSED)) return;
  source = new EventSource("/events");
  source.onmessage = (event) => show(JSON.parse(event.data));
}

connect();
setInterval(count, 500);
setInterval(connect, RETRY_MS);
setInterval(() => { if (performance.now() - heard > RETRY_MS) poll(); }, 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
