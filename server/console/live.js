// Who allows calls right now: one row a customer, and the changes as they arrive.

import { el, words } from "./build.js";
import { now } from "./server.js";

const KEPT_LINES = 200;
const SOON_MILLISECONDS = 60_000;
const OVER = new Set(["COMPLETED", "NO_ANSWER", "REJECTED", "CANCELLED", "FAILED"]);
const MOODS = {
  TEMPORARY: "yes", PERMANENT: "yes", IN_PROGRESS: "yes", ANSWERED: "yes",
  REQUESTED: "asked", QUEUED: "asked", CONNECTING: "asked", RINGING: "asked",
  DECLINED: "no", REVOKED: "no", FAILED: "no", REJECTED: "no",
};
const PERMISSION = "id status expiresAt customer { id name phone } businessNumber { id name }";
const CALL = "id callStatus: status customer { id } businessNumber { id }";

export const READ = `query Console {
  changeCursor
  viewer { name scopes workspace { name } }
  businessNumbers { id name environment }
  callPermissions(first: 100) { totalCount nodes { ${PERMISSION} } }
  calls(filter: {statuses: [QUEUED, CONNECTING, RINGING, IN_PROGRESS]}, first: 100) { nodes { ${CALL} } }
}`;

export const WATCH = `subscription Console($after: String) {
  change: changes(after: $after) {
    cursor kind cause occurredAt recordedAt previousStatus status
    customer { name phone }
    node { __typename id ... on CallPermission { ${PERMISSION} } ... on Call { ${CALL} } }
  }
}`;

const $ = (id) => document.getElementById(id);
const rows = new Map();
let manyNumbers = false;
const keyOf = ({ customer, businessNumber }) => `${customer.id} ${businessNumber.id}`;
const nameOf = (customer) => customer?.name ?? customer?.phone ?? "Somebody";
const badge = (status) => el("span", { className: `badge ${MOODS[status] ?? ""}` }, status.replaceAll("_", " "));
const clock = (moment, parts = { second: "2-digit" }) =>
  new Date(moment).toLocaleTimeString([], { hourCycle: "h23", hour: "2-digit", minute: "2-digit", ...parts });

export const permissions = () => [...rows.values()].map((row) => row.permission);

export function show({ callPermissions, calls, businessNumbers }) {
  rows.clear();
  $("people").replaceChildren();
  manyNumbers = businessNumbers.length > 1;
  callPermissions.nodes.forEach(place);
  calls.nodes.forEach(ring);
  const more = callPermissions.totalCount - rows.size;
  $("count").textContent = more > 0 ? `the first ${rows.size} of ${callPermissions.totalCount}` : "";
  tick();
}

function place(permission) {
  const { customer, businessNumber, status, expiresAt } = permission;
  const key = keyOf(permission);
  if (!rows.has(key)) {
    const row = { name: el("strong"), phone: el("span"), call: el("span", { className: "call" }), badge: el("td"), left: el("td") };
    const who = el("th", { scope: "row" }, row.name, el("span", { className: "under" }, row.phone, row.call));
    row.element = el("tr", {}, who, row.badge, row.left);
    rows.set(key, row);
    $("people").append(row.element);
  }
  const row = rows.get(key);
  Object.assign(row, { permission, ends: Date.parse(expiresAt) });
  row.name.textContent = nameOf(customer);
  row.phone.textContent = [customer.phone, manyNumbers && businessNumber.name].filter(Boolean).join(" · ");
  row.badge.replaceChildren(badge(status));
  return row;
}

function ring(call) {
  const row = rows.get(keyOf(call));
  if (!row) return null;
  const underWay = !OVER.has(call.callStatus);
  row.call.className = underWay ? `call ${MOODS[call.callStatus]}` : "call";
  row.call.textContent = underWay ? words(call.callStatus) : "";
  return row;
}

const SHOWING = { CallPermission: place, Call: ring };

// Shows one change. Gives false where who is listed may have changed, so that everything has to be read again.
export function take(change) {
  const element = SHOWING[change.node?.__typename]?.(change.node)?.element;
  if (element) {
    element.classList.remove("news");
    void element.offsetWidth; // so that the same animation begins again
    element.classList.add("news");
  }
  tell(change);
  tick();
  return change.kind !== "CUSTOMER" && change.kind !== "BUSINESS_NUMBER";
}

function tell(change) {
  const { previousStatus, status } = change;
  const about = change.kind === "CALL_PERMISSION" ? "permission" : words(change.kind).replace("permission ", "");
  const from = previousStatus && previousStatus !== status;
  $("still").hidden = true;
  $("stream").prepend(
    el(
      "li",
      {},
      el("time", { datetime: change.recordedAt, title: `Happened ${change.occurredAt}` }, clock(change.recordedAt)),
      el("p", {}, el("strong", {}, change.customer ? nameOf(change.customer) : "The business"), " ", el("span", {}, `${about} · ${words(change.cause).replace("call ", "")}`)),
      el("p", { className: "steps-of" }, from && badge(previousStatus), from && el("span", { role: "img", "aria-label": "became" }, "→"), status && badge(status)),
    ),
  );
  while ($("stream").childElementCount > KEPT_LINES) $("stream").lastElementChild.remove();
}

export function forget() {
  rows.clear();
  $("people").replaceChildren();
  $("stream").replaceChildren();
  $("still").hidden = false;
}

function left(milliseconds) {
  const whole = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  return `${days ? `${days} d ` : ""}${days || hours ? `${two(hours)}:` : ""}${two(minutes)}:${two(whole % 60)}`;
}

function tick() {
  for (const { left: cell, permission, ends } of rows.values()) {
    const counting = permission.status === "TEMPORARY";
    const rest = ends - now();
    const ended = permission.status === "EXPIRED" && ends;
    const text = counting ? left(rest) : permission.status === "PERMANENT" ? "no end" : ended ? `ended ${clock(ends, {})}` : "–";
    if (cell.textContent !== text) cell.textContent = text;
    cell.className = counting ? `left counting${rest < SOON_MILLISECONDS ? " soon" : ""}` : "left";
  }
}

setInterval(tick, 250);
