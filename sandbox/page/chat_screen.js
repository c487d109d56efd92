// The chat with the business: messages, requests as cards with their buttons, calls that were.

import { el, icon } from "./build.js";
import { clockTime, initials, lasted, left, now } from "./words.js";

const CHOICES = [
  ["permanent", "Allow", ""],
  ["temporary", "Allow for 7 days", ""],
  ["decline", "Decline", "against"],
];
const GONE = {
  expired: "This request has expired.",
  superseded: "A newer request has replaced this one.",
  failed: "This request did not arrive.",
};

export function chatScreen(view, pair) {
  const id = pair.phone_number_id;
  const here = (each) => each.phone_number_id === id;
  const requests = new Map(view.phone.requests.filter(here).map((request) => [request.id, request]));
  const newest = [...requests.values()].findLast((request) => request.live);
  const messages = view.phone.messages
    .filter((message) => here(message) && message.status !== "failed" && message.status !== "sent")
    .map((message) => [message.at, bubble(view, pair, message, requests.get(message.id), newest)]);
  const calls = view.phone.calls.filter((call) => here(call) && call.ended_at !== null).map((call) => [call.ended_at, ended(call)]);
  // Sorting is stable, so what happened within one second keeps its order.
  const lines = [...messages, ...calls].sort((one, other) => one[0] - other[0]).map(([, line]) => line);
  if (!lines.length) lines.push(el("p", { className: "note" }, `Nothing from ${pair.name} yet.`));
  return [
    head(view, pair),
    pair.allowed && standing(view, pair),
    el("div", { className: "chat", role: "log", "aria-label": `Chat with ${pair.name}`, tabindex: "0", "data-key": "chat" }, lines),
    composer(view, pair),
  ].filter(Boolean);
}

function head(view, pair) {
  const many = view.phone.permissions.length > 1;
  const name = many
    ? el(
        "select",
        {
          "aria-label": "Chat with", "data-key": "chat-with",
          on: { change: (event) => { view.chosen = event.target.value; view.redraw(); } },
        },
        view.phone.permissions.map((each) =>
          el("option", { value: each.phone_number_id, selected: each === pair }, each.name)),
      )
    : null;
  const profile = el(
    "button",
    { type: "button", className: "head-text", "aria-label": "Business profile", "data-key": "profile", "data-first": true, on: { click: () => view.turnTo(true) } },
    el("strong", {}, many ? pair.number : pair.name),
    el("span", {}, many ? "Tap for business profile" : pair.number),
  );
  const call = el(
    "button",
    {
      type: "button", className: "icon-button", "aria-label": `Call ${pair.name}`, "data-key": "call",
      on: { click: () => view.press("dial", { ring: true, phone_number_id: pair.phone_number_id }) },
    },
    icon("phone"),
  );
  return el("div", { className: "head" }, el("span", { className: "avatar", "aria-hidden": "true" }, initials(pair.name)), name, profile, call);
}

function standing(view, pair) {
  const words = el("span", {});
  if (pair.expires_at === null) words.textContent = "Always allowed";
  else {
    words.dataset.until = pair.expires_at;
    words.dataset.before = "Allowed · ";
    words.textContent = `Allowed · ${left(pair.expires_at - now())}`;
  }
  const revoke = el(
    "button",
    { type: "button", "data-key": "revoke", on: { click: () => view.press("revoke", { phone_number_id: pair.phone_number_id }) } },
    "Revoke permission",
  );
  return el("div", { className: "standing" }, words, revoke);
}

function bubble(view, pair, message, request, newest) {
  if (message.direction === "system") {
    const nudge = message.type === "system" && pair.allowed;
    const manage = el("button", { type: "button", on: { click: () => view.turnTo(true) } }, "Manage calls");
    return el("p", { className: "note warn" }, message.text, nudge && manage);
  }
  const time = el("time", {}, clockTime(message.at));
  const fresh = view.isNew(message.id) ? " new" : "";
  if (message.direction === "from_customer") return el("div", { className: `line mine${fresh}` }, message.text, time);
  if (!request) return el("div", { className: `line${fresh}` }, message.text, time);
  return el(
    "div",
    { className: `line asks${fresh}` },
    request.header && el("h3", {}, request.header),
    request.text && el("p", {}, request.text),
    request.footer && el("p", { className: "footer" }, request.footer),
    card(view, pair, request, request === newest),
    time,
  );
}

function card(view, pair, request, newest) {
  const parts = [
    el("p", { className: "ask-title" }, el("span", { className: "badge" }, icon("phone", 16)), `Let ${pair.name} call you?`),
  ];
  const state = said(request);
  if (state) parts.push(el("p", { className: "ask-state" }, state));
  if (request.live && (newest || view.opened.has(request.id))) parts.push(choices(view, pair, request));
  else if (request.live) {
    const open = () => { view.opened.add(request.id); view.redraw(); };
    parts.push(el("button", { type: "button", className: "link", "data-key": `open-${request.id}`, on: { click: open } }, "Change my answer"));
  }
  return el("div", { className: "ask" }, parts);
}

function said(request) {
  if (!request.live) return GONE[request.status] ?? "";
  const answers = {
    permanent: "You allowed calls. You can change this.",
    temporary: "You allowed calls for a while. You can change this.",
    decline: "You declined. You can still allow calls.",
  };
  return answers[request.answer] ?? "You can change this any time in the business's profile.";
}

function choices(view, pair, request) {
  const press = (answer) => view.press("reply", {
    answer,
    message_id: request.id,
    phone_number_id: pair.phone_number_id,
    ...(answer === "temporary" ? { seconds: view.page.week() } : {}),
  });
  return el(
    "div",
    { className: "choices", role: "group", "aria-label": "Your answer" },
    CHOICES.map(([answer, words, mood]) => {
      const pressed = request.answer === answer;
      return el(
        "button",
        {
          type: "button", className: `choice ${mood}`, "aria-pressed": request.answer ? String(pressed) : null,
          "data-key": `${answer}-${request.id}`, on: { click: () => press(answer) },
        },
        pressed && icon("check", 16),
        words,
      );
    }),
  );
}

function ended(call) {
  const mine = call.direction === "USER_INITIATED";
  const words = {
    completed: `Call · ${lasted(call.duration_seconds ?? 0)}`,
    no_answer: mine ? "The business did not pick up" : "Missed call",
    rejected: mine ? "The business declined your call" : "You declined a call",
    cancelled: mine ? "You cancelled your call" : "Missed call",
    failed: "The call failed",
  };
  return el("p", { className: "note" }, `${words[call.status]} · ${clockTime(call.ended_at)}`);
}

function composer(view, pair) {
  const box = el("input", {
    "aria-label": `Message to ${pair.name}`, placeholder: "Message", autocomplete: "off", maxlength: "4096", "data-key": "message",
    on: { input: (event) => { view.drafted = event.target.value; } },
  });
  box.value = view.drafted;
  const send = async (event) => {
    event.preventDefault();
    const text = view.drafted.trim();
    if (!text) return;
    view.jump = true;
    view.drafted = "";
    const sent = await view.press("message", { text, phone_number_id: pair.phone_number_id });
    if (!sent) view.drafted = text;
    view.redraw();
  };
  return el(
    "form",
    { className: "composer", on: { submit: send } },
    box,
    el("button", { type: "submit", className: "icon-button", "aria-label": "Send", "data-key": "send" }, icon("send", 18)),
  );
}
