import { expect, test } from "vitest";

import { type Entry, byState, laterSpan } from "./askingMany";

const entry = (state: Entry["state"], availableAt: string | null = null): Entry => ({
  __typename: "PermissionRequestBatchEntry",
  state,
  code: null,
  message: null,
  availableAt,
  customer: { __typename: "Customer", id: state, name: null, phone: null },
});

test("customers are told apart by what comes of them, who can be asked now before who cannot", () => {
  const found = byState([entry("REFUSED"), entry("LATER"), entry("WAITING"), entry("LATER")]);
  expect([...found].map(([state, own]) => [state, own.length])).toEqual([
    ["WAITING", 1],
    ["LATER", 2],
    ["REFUSED", 1],
  ]);
});

test("those who can be asked later can be from the first moment to the last", () => {
  const moments = ["2026-11-22T09:00:00Z", "2026-11-21T09:00:00Z", null];
  expect(laterSpan(moments.map((availableAt) => ({ availableAt })))).toEqual({
    first: "2026-11-21T09:00:00Z",
    last: "2026-11-22T09:00:00Z",
  });
  expect(laterSpan([{ availableAt: null }])).toBeNull();
});
