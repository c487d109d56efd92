// The settings page: numbers, chaos, webhook, templates.

import { el } from "./build.js";
import { listen, say, see } from "./speak.js";

const $ = (id) => document.getElementById(id);
const form = $("chaos");
let touched = false;

function complain(sentence) {
  $("trouble").hidden = !sentence;
  $("trouble").textContent = sentence;
}

async function trying(act) {
  try {
    await act();
    complain("");
  } catch (error) {
    complain(error.message);
  }
}

const facts = (rows) => rows.flatMap(([what, value]) => [el("dt", {}, what), el("dd", {}, String(value))]);

function toggle(words, on, change) {
  const box = el("input", { type: "checkbox", "aria-label": words, checked: on, on: { change: (event) => change(event.target.checked) } });
  return el("label", { className: "check" }, box, el("span", {}, words));
}

function numberCard(number) {
  const set = (body) => trying(async () => {
    await say(`numbers/${number.phone_number_id}`, body);
    await refresh();
  });
  const switched = (on) => (on ? "ENABLED" : "DISABLED");
  const { limits, calling } = number;
  return el(
    "article",
    { className: "card" },
    el("h3", {}, number.name),
    el("p", {}, `+${number.display_phone_number} · id ${number.phone_number_id} · account ${number.waba_id}`),
    toggle("Calling is on", calling.status === "ENABLED", (on) => set({ calling: { status: switched(on) } })),
    toggle("A customer's call permits a call back", calling.callback_permission_status === "ENABLED", (on) =>
      set({ calling: { callback_permission_status: switched(on) } })),
    toggle(
      number.restricted_until ? `Paused by Meta until ${new Date(number.restricted_until * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}` : "Paused by Meta for 7 days",
      number.restricted_until !== null,
      (on) => set({ restricted: on }),
    ),
    el("dl", {}, facts([
      ["Requests in 24 hours", limits.requests_per_day],
      ["Requests in 7 days", limits.requests_per_week],
      ["Connected calls in 24 hours", limits.connected_calls_per_day],
      ["Unanswered before a nudge", limits.nudge_after],
      ["Unanswered before revocation", limits.revoke_after],
    ])),
  );
}

function templateCard(template) {
  const part = (type) => template.components.find((component) => component.type === type)?.text;
  return el(
    "article",
    { className: "card" },
    el("h3", {}, `${template.name} · ${template.language}`),
    el("p", {}, `${template.status.toLowerCase()}, ${template.category.toLowerCase()}, ${template.parameter_format.toLowerCase()} parameters`),
    part("HEADER") && el("p", { className: "said" }, part("HEADER")),
    el("p", { className: "said" }, part("BODY")),
    part("FOOTER") && el("p", {}, part("FOOTER")),
  );
}

const percent = (share) => Math.round(share * 1000) / 10;

function showChaos(chaos) {
  if (touched) return;
  const set = (name, value) => { form.elements[name].value = value; };
  set("duplicate", percent(chaos.duplicate));
  set("earliest", chaos.delay_seconds[0]);
  set("latest", chaos.delay_seconds[1]);
  set("batch", chaos.batch);
  set("answer_delay_seconds", chaos.answer_delay_seconds);
  set("lose_answers", percent(chaos.lose_answers));
  set("http_500", percent(chaos.http_500));
  set("slow_earliest", chaos.slow[0]);
  set("slow_latest", chaos.slow[1]);
  set("fail_sends", Object.entries(chaos.fail_sends).map(([code, share]) => `${code} ${percent(share)}`).join(", "));
  form.elements.reorder.checked = chaos.reorder;
}

function failures(text) {
  const pairs = text.split(",").map((part) => part.trim()).filter(Boolean).map((part) => part.split(/[\s:=]+/));
  if (pairs.some((pair) => pair.length !== 2 || pair.some((each) => !Number.isFinite(Number(each)))))
    throw new Error("Write the failing sends as code and per cent, for example 131026 10, 131056 5.");
  return Object.fromEntries(pairs.map(([code, share]) => [code, Number(share) / 100]));
}

async function refresh() {
  const seen = await see("overview");
  // A toggle keeps the focus while only the others' news is drawn.
  const label = document.activeElement?.closest("#numbers") && document.activeElement.getAttribute("aria-label");
  $("numbers").replaceChildren(...seen.numbers.map(numberCard));
  if (label) $("numbers").querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
  $("templates").replaceChildren(...seen.templates.map(templateCard));
  $("outbox").replaceChildren(...facts([
    ["Posted to", seen.outbox.urls.join(", ")],
    ["Updates waiting", seen.outbox.waiting],
    ["Last time", seen.outbox.trouble ?? "it answered 200, or nothing was sent yet"],
  ]));
  $("warning").hidden = !seen.production_numbers.length;
  $("warning").textContent =
    `The sandbox is switched on beside real numbers (${seen.production_numbers.join(", ")}). Nothing here reaches them, and nothing they do shows here.`;
  showChaos(seen.chaos);
}

form.addEventListener("input", () => { touched = true; $("chaos-said").textContent = "Not applied yet."; });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  trying(async () => {
    const number = (name) => Number(form.elements[name].value || 0);
    const chaos = await say("chaos", {
      duplicate: number("duplicate") / 100,
      delay_seconds: [number("earliest"), number("latest")],
      batch: Math.max(1, number("batch")),
      answer_delay_seconds: number("answer_delay_seconds"),
      lose_answers: number("lose_answers") / 100,
      http_500: number("http_500") / 100,
      slow: [number("slow_earliest"), number("slow_latest")],
      reorder: form.elements.reorder.checked,
      fail_sends: failures(form.elements.fail_sends.value),
    });
    touched = false;
    showChaos(chaos);
    $("chaos-said").textContent = "Applied.";
  });
});
$("calm").addEventListener("click", () => trying(async () => {
  touched = false;
  showChaos(await say("chaos", {}));
  $("chaos-said").textContent = "Calm again.";
}));

listen(() => trying(refresh), (gone) => complain(gone ? "The connection to the sandbox is lost. Trying again…" : ""));
