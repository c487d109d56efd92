// The console: signing in, and what is on the page brought together.

import { el } from "./build.js";
import { READ, WATCH, forget, permissions, show, take } from "./live.js";
import { UnwelcomeError, ask, run, watch } from "./server.js";
import { allowed, meet } from "./tour.js";

const KEY = "maycall-token";
const PHONES_WIDTH = 440;
const ALLOWING = new Set(["TEMPORARY", "PERMANENT"]);
const RETRY_MILLISECONDS = 2_000;
const $ = (id) => document.getElementById(id);
let token = null;
let stop = () => {};
let reading = false;
let again = false;

function complain(sentence) {
  $("trouble").hidden = !sentence;
  $("trouble").textContent = sentence;
}

function state(name) {
  $("line").dataset.state = name;
  $("line").textContent = name === "live" ? "live" : `${name}…`;
}

function showDoor(sentence = "") {
  stop();
  sessionStorage.removeItem(KEY);
  token = null;
  forget();
  complain("");
  $("console").hidden = $("tools").hidden = true;
  $("door").hidden = false;
  $("who").textContent = "May I call? Who allows it right now.";
  $("refused").textContent = sentence;
  $("token").value = "";
  $("token").focus();
}

// Where people sign in with a provider, the door leads there too. Where that cannot be asked, a token still opens it.
async function offerProvider() {
  try {
    const ways = await (await fetch("/sign-in/ways")).json();
    $("provider").hidden = !ways.provider;
  } catch {
    $("provider").hidden = true;
  }
}

// A person's sign-in is over with this; whoever pasted a token keeps it, and the server says so.
function signOut() {
  run(token, "mutation SignOut { signOut(input: {}) { __typename } }").catch(() => {});
  showDoor();
}

async function enter(given) {
  stop();
  token = given;
  forget();
  state("connecting");
  let data;
  try {
    data = await ask(token, READ);
  } catch (error) {
    if (given !== token) return;
    if (error instanceof UnwelcomeError) return showDoor(error.message);
    return enterLater(error.message);
  }
  if (given !== token) return;
  sessionStorage.setItem(KEY, token);
  complain("");
  const { viewer, businessNumbers } = data;
  $("who").textContent = `${viewer.workspace.name}, as ${viewer.name}`;
  $("phones").hidden = !businessNumbers.some((number) => number.environment === "SANDBOX");
  $("door").hidden = true;
  $("console").hidden = $("tools").hidden = false;
  list(data);
  stop = watch(token, WATCH, data.changeCursor, { change, state, unwelcome: showDoor, lost: enterLater });
}

function enterLater(sentence) {
  const waiting = token;
  complain(`${sentence} Trying again…`);
  setTimeout(() => waiting === token && enter(waiting), RETRY_MILLISECONDS);
}

function list(data) {
  show(data);
  const chosen = $("somebody").value;
  const everybody = permissions();
  $("somebody").replaceChildren(
    ...everybody.map(({ id, customer }) => el("option", { value: id }, customer.name ?? customer.phone ?? "Somebody")),
  );
  const somebody =
    everybody.find(({ id }) => id === chosen) ?? everybody.find(({ status }) => status === "NOT_REQUESTED") ?? everybody[0];
  if (!somebody) return;
  $("somebody").value = somebody.id;
  meet(token, somebody);
}

function change(news) {
  const complete = take(news);
  if (news.node?.id === $("somebody").value && ALLOWING.has(news.status)) allowed();
  if (reading) again = true; // what is being read may already be old
  else if (!complete) readAgain();
}

async function readAgain() {
  const asked = token;
  reading = true;
  try {
    do {
      again = false;
      const data = await ask(token, READ);
      if (asked === token && !again) list(data);
    } while (again && asked === token);
  } catch (error) {
    complain(error.message);
  } finally {
    reading = false;
  }
}

function arrive() {
  const brought = new URLSearchParams(location.hash.slice(1)).get("token");
  // Nobody who looks at the address bar or the history later shall find it.
  if (brought) history.replaceState(null, "", location.pathname + location.search);
  const kept = brought ?? token ?? sessionStorage.getItem(KEY);
  if (!kept) showDoor();
  else if (kept !== token) enter(kept);
}

$("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  $("refused").textContent = "";
  enter($("token").value.trim());
});
$("leave").addEventListener("click", signOut);
$("somebody").addEventListener("change", () => meet(token, permissions().find(({ id }) => id === $("somebody").value)));

// The phones stand beside the console, in a window of a phone's width; a browser that will not have it opens a tab.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[target=maycall-phones]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const place = `popup,width=${PHONES_WIDTH},height=${screen.availHeight},left=${screen.availWidth - PHONES_WIDTH},top=0`;
  if (window.open(link.href, link.target, place)) event.preventDefault();
});

addEventListener("hashchange", arrive);
offerProvider();
arrive();
