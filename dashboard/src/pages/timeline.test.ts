import { expect, test } from "vitest";

import { byDay, entriesOf, type Logged } from "./timeline";

type Told = [kind: string, cause: string, at: string, from: string | null, to: string | null, node: string];

/** Lines of a log, newest first, as they are read. */
function log(...told: Told[]): Logged[] {
  return told.map(([kind, cause, at, previousStatus, status, id], index) => ({
    cursor: `c${index}`,
    kind,
    cause,
    occurredAt: `2026-11-${at}Z`,
    actor: null,
    previousStatus,
    status,
    node: { __typename: kind, id },
  }));
}

const CALL: Told[] = [
  ["CALL", "CALL_EVENT", "23T07:20:12", "IN_PROGRESS", "COMPLETED", "call"],
  ["CALL", "CALL_EVENT", "23T07:20:09", "RINGING", "IN_PROGRESS", "call"],
  ["CALL", "CALL_EVENT", "23T07:20:07", "CONNECTING", "RINGING", "call"],
  ["CALL", "CALL_PLACED", "23T07:20:06", null, "QUEUED", "call"],
];
const ASKED: Told[] = [
  ["CALL_PERMISSION", "CUSTOMER_ANSWERED", "22T09:00:00", "REQUESTED", "TEMPORARY", "permission"],
  ["PERMISSION_REQUEST", "CUSTOMER_ANSWERED", "22T09:00:00", "READ", "ANSWERED", "request"],
  ["PERMISSION_REQUEST", "MESSAGE_STATUS", "21T09:00:02", "SENT", "READ", "request"],
  ["CALL_PERMISSION", "REQUESTED", "21T09:00:01", "NOT_REQUESTED", "REQUESTED", "permission"],
  ["PERMISSION_REQUEST", "REQUESTED", "21T09:00:01", "QUEUED", "SENT", "request"],
  ["PERMISSION_REQUEST", "REQUESTED", "21T09:00:00", null, "QUEUED", "request"],
];

test("a call is one entry, with its steps in the order in which they came", () => {
  const [call, ...others] = entriesOf(log(...CALL));
  expect(others).toEqual([]);
  expect(call?.kind).toBe("call");
  expect(call?.lines.map((line) => line.status)).toEqual(["QUEUED", "RINGING", "IN_PROGRESS", "COMPLETED"]);
  expect(call?.at).toBe("2026-11-23T07:20:12Z");
});

test("a request is one entry, and what it did to the permission is not told twice", () => {
  const [request, ...others] = entriesOf(log(...ASKED));
  expect(others).toEqual([]);
  expect(request?.lines.map((line) => line.status)).toEqual(["QUEUED", "SENT", "READ", "ANSWERED"]);
});

test("what the customer allowed or took back by themselves is an entry of its own", () => {
  const own: Told = ["CALL_PERMISSION", "CUSTOMER_ANSWERED", "23T08:00:00", "TEMPORARY", "REVOKED", "permission"];
  expect(entriesOf(log(own, ...ASKED)).map(({ kind, at }) => `${kind} ${at}`)).toEqual([
    "permission 2026-11-23T08:00:00Z",
    "request 2026-11-22T09:00:00Z",
  ]);
});

test("a permission's end is told, a request's end after its answer is not", () => {
  const ends = log(
    ["PERMISSION_REQUEST", "RAN_OUT", "29T09:00:00", "ANSWERED", "EXPIRED", "request"],
    ["CALL_PERMISSION", "RAN_OUT", "29T09:00:00", "TEMPORARY", "EXPIRED", "permission"],
    ...ASKED,
  );
  expect(entriesOf(ends).map(({ kind, at }) => `${kind} ${at}`)).toEqual([
    "permission 2026-11-29T09:00:00Z",
    "request 2026-11-22T09:00:00Z",
  ]);
});

test("a request that is never answered moves to the day on which that was clear", () => {
  const [request, ...others] = entriesOf(
    log(
      ["PERMISSION_REQUEST", "RAN_OUT", "28T09:00:00", "READ", "EXPIRED", "request"],
      ["CALL_PERMISSION", "RAN_OUT", "28T09:00:00", "REQUESTED", "NOT_REQUESTED", "permission"],
      ...ASKED.slice(2),
    ),
  );
  expect(others).toEqual([]);
  expect(request?.at).toBe("2026-11-28T09:00:00Z");
});

test("older lines that are read later join the entry that they belong to", () => {
  const whole = log(...CALL, ...ASKED);
  const first = entriesOf(whole.slice(0, 2));
  expect(first.map((entry) => entry.lines.length)).toEqual([2]);
  expect(entriesOf(whole).map((entry) => entry.lines.length)).toEqual([4, 4]);
});

test("entries stand under the day on which they last moved", () => {
  const noon = (day: number): { at: string } => ({ at: new Date(2026, 10, day, 12).toISOString() });
  expect(byDay([noon(23), noon(23), noon(21)]).map((day) => day.entries.length)).toEqual([2, 1]);
});
