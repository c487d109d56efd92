import { expect, test } from "vitest";

import { localTime } from "./timezone";

const NOON = Date.parse("2026-11-20T12:00:00Z");

test("the time is told as it is where the customer lives", () => {
  expect(localTime("Asia/Kolkata", NOON, "en-GB")).toEqual({ text: "17:30", night: false });
  expect(localTime("America/Sao_Paulo", NOON, "en-GB")).toEqual({ text: "09:00", night: false });
});

test.each([
  ["Asia/Tokyo", true], // 21:00
  ["America/Los_Angeles", true], // 04:00
  ["America/New_York", true], // 07:00
  ["America/Halifax", false], // 08:00
])("in %s it is night: %s", (timezone, night) => {
  expect(localTime(timezone, NOON, "es")?.night).toBe(night);
});

test("a zone that nobody knows is no time", () => {
  expect(localTime("Mars/Olympus", NOON, "en")).toBeNull();
  expect(localTime(null, NOON, "en")).toBeNull();
});
