import { expect, test } from "vitest";

import { boundsOf, bySection, type Section } from "./urgency";

const OPEN = { allowed: true, blockers: [] };
// A Friday, wherever the tests run.
const NOON = new Date(2026, 10, 20, 12).getTime();
const at = (day: number, hour: number): string => new Date(2026, 10, day, hour).toISOString();
const until = (expiresAt: string | null, endedAt: string | null = null) => ({
  status: expiresAt === null ? "PERMANENT" : "TEMPORARY",
  expiresAt,
  grantedAt: at(1, 12),
  canCall: OPEN,
  latestCall: endedAt === null ? null : { direction: "BUSINESS_INITIATED", endedAt },
});

test("those who may be rung fall into sections by how soon their permission ends, most urgent first", () => {
  const rows = [
    until(null),
    until(at(20, 14)),
    until(at(20, 15)),
    until(at(20, 16)),
    until(at(21, 0)),
    until(at(22, 9)),
    until(at(25, 9)),
  ];
  const found = [...bySection(rows, NOON, "en-GB")].map(([section, own]) => [section, own.length] as [Section, number]);
  expect(found).toEqual([
    ["hours", 2],
    ["today", 2],
    ["week", 1],
    ["later", 1],
    ["forGood", 1],
  ]);
});

test("whoever was rung today comes last, however soon the permission ends", () => {
  const found = bySection([until(at(20, 13), at(20, 11)), until(at(25, 9))], NOON, "en-GB");
  expect([...found.keys()]).toEqual(["later", "called"]);
});

test("the week ends where the reader's own does", () => {
  expect(new Date(boundsOf(NOON, "en-GB").week).getDate()).toBe(23); // before Monday
  expect(new Date(boundsOf(NOON, "en-US").week).getDate()).toBe(22); // before Sunday
  const sunday = new Date(2026, 10, 22, 12).getTime();
  expect(boundsOf(sunday, "en-GB").week).toBe(boundsOf(sunday, "en-GB").day);
});
