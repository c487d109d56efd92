// The row of phones, kept up to date.

import { el } from "./build.js";
import { PhoneView } from "./phone.js";
import { listen, say, see } from "./speak.js";
import { clockTime, lasted, left, now, setClock } from "./words.js";

const $ = (id) => document.getElementById(id);
const views = new Map();
const WEEK_KEY = "sandbox-week";
const alone = new URLSearchParams(location.search).get("phone"); // one phone, for a frame or a window beside the business
let lost = false;
let busy = false;
let again = false;

const page = {
  week: () => Number($("week").value),
  refresh,
};

function complain(sentence) {
  $("trouble").hidden = !sentence;
  if ($("trouble").textContent !== sentence) $("trouble").textContent = sentence;
}

async function refresh() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  try {
    do {
      again = false;
      show(await see(alone === null ? `state?find=${encodeURIComponent($("find").value)}` : `state?phone=${encodeURIComponent(alone)}`));
    } while (again);
    if (!lost) complain("");
  } catch (error) {
    complain(error.message);
  } finally {
    busy = false;
  }
}

function show(state) {
  setClock(state.now);
  const row = $("phones");
  const wanted = new Set(state.phones.map((phone) => phone.wa_id));
  for (const [wa_id, view] of views) {
    if (wanted.has(wa_id)) continue;
    view.element.remove();
    views.delete(wa_id);
  }
  let place = row.firstElementChild;
  for (const phone of state.phones) {
    if (!views.has(phone.wa_id)) views.set(phone.wa_id, new PhoneView(phone.wa_id, page));
    const view = views.get(phone.wa_id);
    // Moving a phone that is in its place would take the focus from it.
    if (view.element === place) place = place.nextElementSibling;
    else row.insertBefore(view.element, place);
    view.show(phone);
  }
  if (!state.phones.length && !row.childElementCount) row.replaceChildren(el("p", { className: "more" }, nobody()));
  else if (state.phones.length) row.querySelector(":scope > .more")?.remove();
  const hidden = state.total - state.phones.length;
  $("more").hidden = hidden <= 0;
  $("more").textContent = `and ${hidden.toLocaleString()} more phones. Use Find to see one.`;
  $("find-field").hidden = state.total < 8 && !$("find").value;
  $("warning").hidden = !state.production_numbers.length;
  $("warning").textContent =
    `The sandbox is switched on beside real numbers (${state.production_numbers.join(", ")}). Nothing you press here reaches them.`;
}

const nobody = () =>
  $("find").value ? "No phone fits." : "No phones yet. One appears as soon as the business speaks to a number, or add one above.";

function tick() {
  let over = false;
  for (const each of document.querySelectorAll("[data-until]")) {
    const rest = Number(each.dataset.until) - now();
    over ||= rest <= 0;
    each.textContent = each.dataset.before + left(rest);
  }
  for (const each of document.querySelectorAll("[data-since]")) each.textContent = lasted(now() - Number(each.dataset.since));
  for (const each of document.querySelectorAll("[data-clock]")) each.textContent = clockTime(now());
  if (over) refresh();
}

$("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const number = $("add-number").value.trim();
  try {
    const phone = await say(`phones/${encodeURIComponent(number)}`);
    $("add-number").value = "";
    $("find").value = "";
    await refresh();
    views.get(phone.wa_id)?.element.scrollIntoView({ behavior: "smooth", block: "center" });
  } catch (error) {
    complain(error.message);
  }
});

$("find").addEventListener("input", refresh);
$("week").value = localStorage.getItem(WEEK_KEY) ?? "604800";
if (!$("week").value) $("week").value = "604800";
$("week").addEventListener("change", () => localStorage.setItem(WEEK_KEY, $("week").value));
if (alone !== null) document.body.classList.add("alone");
setInterval(tick, 500);
listen(refresh, (gone) => {
  lost = gone;
  complain(gone ? "The connection to the sandbox is lost. Trying again…" : "");
});
