// A call over the whole phone: ringing, ringing out, or talking.

import { el, icon } from "./build.js";
import { initials, lasted, now } from "./words.js";

export function callScreen(view, call) {
  const pair = view.phone.permissions.find((each) => each.phone_number_id === call.phone_number_id);
  const name = pair?.name ?? "A business";
  const mine = call.direction === "USER_INITIATED";
  const ringing = call.status === "ringing";
  const act = (deed) => () => view.press(`calls/${encodeURIComponent(call.wacid)}`, { do: deed });
  const round = (words, mood, deed, first) =>
    el(
      "button",
      { type: "button", className: `round ${mood}`, "data-key": deed, "data-first": first, on: { click: act(deed) } },
      el("i", {}, icon("phone", 28)),
      words,
    );

  let kind = "On a call";
  let buttons = [round("Hang up", "no hang", "hang_up", true)];
  if (ringing && mine) kind = "Calling";
  if (ringing && !mine) {
    kind = "Incoming call";
    buttons = [round("Decline", "no turn", "reject", false), round("Answer", "yes", "answer", true)];
  }
  const sub = el("p", { className: "sub" }, ringing ? pair?.number ?? "" : "");
  if (!ringing) {
    sub.dataset.since = call.answered_at;
    sub.textContent = lasted(now() - call.answered_at);
  }
  return el(
    "section",
    { className: "ringing", "aria-label": `${kind}: ${name}`, role: ringing && !mine ? "alertdialog" : null },
    el("p", { className: "kind" }, kind),
    el("h3", {}, name),
    sub,
    el("div", { className: ringing ? "halo rings" : "halo" }, el("span", { className: "avatar", "aria-hidden": "true" }, initials(name))),
    ringing && mine &&
      el("button", { type: "button", className: "pick-up", "data-key": "answer", on: { click: act("answer") } }, "Let the business pick up"),
    el("div", { className: "call-buttons" }, buttons),
  );
}
