import { parse } from "graphql";
import { expect, test } from "vitest";

import { DOCUMENTS, stateOf, whatOf } from "./endpoints";

test("an endpoint that Maycall switched off is told from one that somebody paused", () => {
  expect(stateOf({ enabled: true, problem: null, failingSince: null })).toBe("on");
  expect(stateOf({ enabled: true, problem: null, failingSince: "2026-11-20T12:00:00Z" })).toBe("failing");
  expect(stateOf({ enabled: false, problem: null, failingSince: null })).toBe("off");
  expect(stateOf({ enabled: false, problem: "It is gone.", failingSince: "2026-11-20T12:00:00Z" })).toBe("dead");
});

test("a ready subscription is known again, and any other is the admin's own", () => {
  for (const what of ["permissions", "calls", "all"] as const) {
    expect(parse(DOCUMENTS[what]).definitions).toHaveLength(1);
    expect(whatOf(DOCUMENTS[what])).toBe(what);
  }
  expect(whatOf("subscription { changes { cursor } }")).toBe("own");
});
