// The business's profile on the phone, where calls can be allowed or not at any time.

import { el, icon } from "./build.js";
import { clockTime, initials, left, now } from "./words.js";

const SAYS = {
  none: "You have not decided yet.",
  permanent: "This business may call you.",
  declined: "You have declined calls.",
  revoked: "You no longer allow calls.",
  expired: "Your permission has run out.",
};

export function profileScreen(view, pair) {
  const id = pair.phone_number_id;
  const button = (words, mood, act, key) =>
    el("button", { type: "button", className: `choice ${mood}`, "data-key": key, on: { click: act } }, words);
  const allow = (answer) => () =>
    view.press("grant", { answer, phone_number_id: id, ...(answer === "temporary" ? { seconds: view.page.week() } : {}) });
  const says = el("p", {}, SAYS[pair.status] ?? "");
  if (pair.status === "temporary") {
    says.dataset.until = pair.expires_at;
    says.dataset.before = "This business may call you for ";
    says.textContent = `This business may call you for ${left(pair.expires_at - now())}`;
  }
  const choices = [
    pair.status !== "permanent" && button("Always allow calls", "", allow("permanent"), "grant-permanent"),
    pair.status !== "permanent" && button("Allow calls for 7 days", "", allow("temporary"), "grant-temporary"),
    pair.allowed && button("Revoke permission", "against", () => view.press("revoke", { phone_number_id: id }), "revoke"),
  ].filter(Boolean);
  const back = el(
    "button",
    { type: "button", className: "icon-button", "aria-label": "Back to chat", "data-key": "back", "data-first": true, on: { click: () => view.turnTo(false) } },
    icon("back"),
  );
  return [
    el("div", { className: "head" }, back, el("strong", {}, "Business profile")),
    el(
      "div",
      { className: "profile" },
      el(
        "div",
        { className: "profile-top" },
        el("span", { className: "avatar", "aria-hidden": "true" }, initials(pair.name)),
        el("h3", {}, pair.name),
        el("p", {}, pair.number),
      ),
      el("div", { className: "panel" }, el("h3", {}, "Calls from this business"), says, el("div", { className: "choices" }, choices)),
      counted(pair),
    ),
  ];
}

function counted(pair) {
  const span = { PT24H: "in 24 hours", P7D: "in 7 days" };
  const rows = [
    ...pair.request_limits.map((limit) => [`Requests ${span[limit.period]}`, `${limit.used} of ${limit.maximum}`]),
    ...pair.call_limits.map((limit) => [`Calls ${span[limit.period]}`, `${limit.used} of ${limit.maximum}`]),
    ["Unanswered in a row", String(pair.unanswered_streak)],
    ["Free-form messages", pair.window.open ? `until ${clockTime(pair.window.closes_at)}` : "closed"],
  ];
  return el(
    "div",
    { className: "panel" },
    el("h3", {}, "What WhatsApp counts"),
    el("dl", {}, rows.flatMap(([what, value]) => [el("dt", {}, what), el("dd", {}, value)])),
  );
}
