import { expect, test } from "vitest";

import { callLength, distance, msOf, periodText, span } from "./format";

const HOUR = 3_600_000;

test.each([
  [0, "0m 0s"],
  [59_000, "0m 59s"],
  [4 * 60_000 + 9_000, "4m 9s"],
  [HOUR - 1, "59m 59s"],
  [HOUR, "1h 0m"],
  [24 * HOUR, "1d 0h"],
  [168 * HOUR - 1, "6d 23h"],
  [-5000, "0m 0s"],
])("a span of %d ms reads %s", (ms, words) => expect(span(ms, "en")).toBe(words));

test("a span is told in the reader's language", () => expect(span(26 * HOUR, "es")).toBe("1d 2h"));

test.each([
  [-10, "this minute"],
  [-90, "1 minute ago"],
  [7200, "in 2 hours"],
  [-172_800, "2 days ago"],
])("what is %d s away is told as %s", (seconds, words) => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  expect(distance(new Date(now + seconds * 1000).toISOString(), now, "en")).toBe(words);
});

test("a call's length reads as on a phone", () =>
  expect([0, 42, 725].map(callLength)).toEqual(["0:00", "0:42", "12:05"]));

test.each([
  ["PT24H", 24 * HOUR],
  ["P7D", 168 * HOUR],
  ["P1DT2H3M4.5S", 26 * HOUR + 3 * 60_000 + 4500],
  ["PT0S", 0],
])("the duration %s is %d ms", (duration, ms) => expect(msOf(duration)).toBe(ms));

test("a window is told as WhatsApp's pages tell it, in the reader's language", () => {
  expect(periodText("PT24H", "en")).toBe("24 hours");
  expect(periodText("P7D", "en")).toBe("7 days");
  expect(periodText("P7D", "es")).toBe("7 días");
});
