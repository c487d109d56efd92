import { expect, test } from "vitest";

import { endOf, hasEnded, stateOf } from "./tokenStates";

const NOW = Date.parse("2026-11-20T12:00:00Z");

test.each([
  [null, null, "works"],
  ["2026-12-20T12:00:00Z", null, "works"],
  ["2026-11-26T12:00:00Z", null, "soon"],
  ["2026-11-20T12:00:00Z", null, "ranOut"],
  ["2026-12-20T12:00:00Z", "2026-11-19T12:00:00Z", "revoked"],
  ["2026-11-19T12:00:00Z", "2026-11-18T12:00:00Z", "revoked"],
] as const)("a token that ends at %s and was revoked at %s: %s", (expiresAt, revokedAt, state) => {
  expect(stateOf({ expiresAt, revokedAt }, NOW)).toBe(state);
  expect(hasEnded({ expiresAt, revokedAt }, NOW)).toBe(state === "ranOut" || state === "revoked");
});

test("a token ends after so many days, at a chosen moment, or never; and not in the past", () => {
  expect(endOf("30", "", NOW)).toBe("2026-12-20T12:00:00.000Z");
  expect(endOf("never", "", NOW)).toBeNull();
  expect(endOf("until", "2026-11-20T12:00:01Z", NOW)).toBe("2026-11-20T12:00:01.000Z");
  expect(endOf("until", "2026-11-20T12:00:00Z", NOW)).toBeUndefined();
  expect(endOf("until", "", NOW)).toBeUndefined();
});
