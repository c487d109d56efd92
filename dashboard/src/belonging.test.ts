import { describe, expect, test } from "vitest";

import { bringsIn, fits, fitsAsNew } from "./belonging";
import type { Row } from "./desk";
import type { CallPermissionFilter } from "./gql/graphql";
import { change, row } from "./pretence";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const NEVER = { __typename: "Eligibility" as const, allowed: false, blockers: [], cautions: [] };
const MEERA = { ...row("1").customer, name: "Meera Kulkarni", phone: "+919812300457", tags: ["vip", "renewal"] };

describe("whom a filter chooses", () => {
  test.each<[string, CallPermissionFilter, Partial<Row>, boolean]>([
    ["nothing asked", {}, {}, true],
    ["another number", { businessNumberId: "number-2" }, {}, false],
    ["one of the statuses", { statuses: ["PERMANENT", "TEMPORARY"] }, {}, true],
    ["none of the statuses", { statuses: ["DECLINED"] }, {}, false],
    ["may be called, and may", { callableNow: true }, {}, true],
    ["may be called, and may not", { callableNow: true }, { canCall: NEVER }, false],
    ["may not be called, and may not", { callableNow: false }, { canCall: NEVER }, true],
    ["may be asked, and may not", { requestableNow: true }, { canRequest: NEVER }, false],
    ["ends in time", { expiresBefore: "2026-11-21T00:00:00Z" }, { expiresAt: "2026-11-20T13:00:00Z" }, true],
    ["ends later", { expiresBefore: "2026-11-21T00:00:00Z" }, { expiresAt: "2026-11-21T00:00:00Z" }, false],
    ["has ended", { expiresBefore: "2026-11-21T00:00:00Z" }, { expiresAt: "2026-11-20T11:00:00Z" }, false],
    ["does not end", { expiresBefore: "2026-11-21T00:00:00Z" }, { status: "PERMANENT" }, false],
    ["has one of the tags", { customerTags: ["new", "vip"] }, { customer: MEERA }, true],
    ["has none of the tags", { customerTags: ["new"] }, { customer: MEERA }, false],
    ["part of the name, however written", { customerSearch: "kulk" }, { customer: MEERA }, true],
    ["part of the phone", { customerSearch: "98123" }, { customer: MEERA }, true],
    ["part of neither", { customerSearch: "lucas" }, { customer: MEERA }, false],
    ["nameless, and searched for", { customerSearch: "a" }, { customer: { ...MEERA, name: null, phone: null } }, false],
  ])("%s", (_, filter, own, chosen) => expect(fits(row("1", own), filter, NOW)).toBe(chosen));
});

test.each<[CallPermissionFilter, boolean]>([
  [{}, true],
  [{ statuses: ["NOT_REQUESTED"] }, true],
  [{ statuses: ["TEMPORARY"] }, false],
  [{ callableNow: true }, false],
  [{ requestableNow: true }, true],
  [{ expiresBefore: "2026-11-21T00:00:00Z" }, false],
  [{ customerTags: ["vip"] }, true],
])("whether somebody new is among those of %j: %s", (filter, is) => expect(fitsAsNew(MEERA, filter)).toBe(is));

test.each([
  ["an answer, where nothing but age decides", {}, {}, false],
  ["an answer, where the status decides", { statuses: ["TEMPORARY"] }, {}, true],
  ["a longer end, where the status decides", { statuses: ["TEMPORARY"] }, { previousStatus: "TEMPORARY" }, false],
  [
    "a message that was read, where the status decides",
    { statuses: ["TEMPORARY"] },
    { kind: "PERMISSION_REQUEST" },
    false,
  ],
  ["a call's end, where it decides who may be called", { callableNow: true }, { kind: "CALL" }, true],
] as const)("%s: brings in a row: %s", (_, filter, own, brings) => {
  const wanted = {
    filter: { ...filter, statuses: "statuses" in filter ? [...filter.statuses] : null },
    orderBy: "CREATED_AT" as const,
  };
  expect(bringsIn(change(row("1"), own), wanted)).toBe(brings);
});
