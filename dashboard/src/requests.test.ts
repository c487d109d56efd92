import { expect, test } from "vitest";

import { inserted, isIn } from "./requests";

test.each([
  ["QUEUED", null, ["pending", "all"]],
  ["READ", null, ["pending", "all"]],
  ["ANSWERED", "TEMPORARY", ["allowed", "all"]],
  ["ANSWERED", "DECLINED", ["declined", "all"]],
  ["EXPIRED", null, ["unanswered", "all"]],
  ["SUPERSEDED", null, ["unanswered", "all"]],
  ["EXPIRED", "PERMANENT", ["allowed", "all"]],
  ["FAILED", null, ["failed", "all"]],
] as const)("a request that is %s with the answer %s is seen in %j", (status, answer, views) => {
  const seen = (["pending", "allowed", "declined", "unanswered", "failed", "all"] as const).filter((view) =>
    isIn(view, { status, answer }),
  );
  expect(seen).toEqual(views);
});

test("a new request stands above those that were made before it", () => {
  const made: Record<string, string> = {
    a: "2026-11-20T12:00:03Z",
    b: "2026-11-20T12:00:01Z",
    c: "2026-11-20T12:00:02Z",
  };
  const queuedAt = (id: string): string => made[id] ?? "";
  expect(inserted(["a", "b"], "c", queuedAt)).toEqual(["a", "c", "b"]);
  expect(inserted([], "c", queuedAt)).toEqual(["c"]);
  const same = ["a", "b"];
  expect(inserted(same, "b", queuedAt)).toBe(same);
});
