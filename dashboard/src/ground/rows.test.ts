import { expect, test, vi } from "vitest";

import { Rows } from "./rows";

test("whoever watches a row hears of it, and of no other", () => {
  const rows = new Rows<{ id: string; name: string }>();
  const own = vi.fn();
  const other = vi.fn();
  rows.watch("1", own);
  rows.watch("2", other);
  rows.put([{ id: "1", name: "Meera" }]);
  expect(own).toHaveBeenCalledOnce();
  expect(other).not.toHaveBeenCalled();
  expect(rows.get("1")?.name).toBe("Meera");
});

test("only what changes before somebody's eyes is marked", () => {
  const rows = new Rows<{ id: string }>();
  rows.put([{ id: "1" }]);
  expect(rows.mark("1")).toBeUndefined();
  const before = rows.get("1");
  rows.change({ id: "1" });
  expect(rows.mark("1")?.at).toBeTypeOf("number");
  expect(rows.mark("1")?.before).toBe(before);
});

test("whoever no longer watches hears nothing", () => {
  const rows = new Rows<{ id: string }>();
  const watcher = vi.fn();
  rows.watch("1", watcher)();
  rows.put([{ id: "1" }]);
  expect(watcher).not.toHaveBeenCalled();
});
