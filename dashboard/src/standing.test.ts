import { expect, test } from "vitest";

import { callable, callableFrom, calledToday, opensAt, type Standing } from "./standing";

const NOON = Date.parse("2026-11-20T12:00:00Z");
const iso = (minutes: number): string => new Date(NOON + minutes * 60_000).toISOString();
const blocked = (...until: (number | null)[]): Standing["canCall"] => ({
  allowed: false,
  blockers: until.map((minutes) => ({ code: "LIMIT", availableAt: minutes === null ? null : iso(minutes) })),
});
const OPEN = { allowed: true, blockers: [] };

test("the last of all blockers decides from when the way is free", () => {
  expect(opensAt(blocked(5, 30, 10))).toBe(NOON + 30 * 60_000);
  expect(opensAt(OPEN)).toBe(0);
});

test("one blocker that waiting does not move keeps the way closed", () => {
  expect(opensAt(blocked(5, null))).toBe(Number.POSITIVE_INFINITY);
  expect(callableFrom({ status: "PERMANENT", expiresAt: null, canCall: blocked(5, null) })).toBeNull();
});

test("whoever is held up may be rung from that very millisecond on, with no word from the server", () => {
  const row: Standing = { status: "PERMANENT", expiresAt: null, canCall: blocked(10) };
  const from = callableFrom(row);
  expect(from).toBe(NOON + 10 * 60_000);
  expect(callable(row, (from ?? 0) - 1)).toBe(false);
  expect(callable(row, from ?? 0)).toBe(true);
});

test("a permission that runs out before the way is free is never used again", () => {
  expect(callableFrom({ status: "TEMPORARY", expiresAt: iso(9), canCall: blocked(10) })).toBeNull();
  expect(callableFrom({ status: "TEMPORARY", expiresAt: iso(11), canCall: blocked(10) })).toBe(NOON + 10 * 60_000);
});

test("nobody may be rung at the moment their permission runs out, whatever the server said before", () => {
  const row: Standing = { status: "TEMPORARY", expiresAt: iso(1), canCall: OPEN };
  expect(callable(row, NOON + 59_999)).toBe(true);
  expect(callable(row, NOON + 60_000)).toBe(false);
  expect(callable({ status: "EXPIRED", expiresAt: iso(-1), canCall: OPEN }, NOON)).toBe(false);
});

test("somebody rung today has had their turn, unless they have allowed calls anew since", () => {
  const call = { direction: "BUSINESS_INITIATED", endedAt: iso(-1) };
  const row = { status: "PERMANENT", expiresAt: null, canCall: OPEN, grantedAt: iso(-5), latestCall: call };
  expect(calledToday(row, NOON)).toBe(true);
  expect(calledToday({ ...row, grantedAt: iso(0) }, NOON)).toBe(false);
  expect(calledToday({ ...row, latestCall: { ...call, direction: "USER_INITIATED" } }, NOON)).toBe(false);
  expect(calledToday({ ...row, latestCall: { ...call, endedAt: null } }, NOON)).toBe(false);
  expect(calledToday({ ...row, latestCall: { ...call, endedAt: iso(-48 * 60) } }, NOON)).toBe(false);
});
