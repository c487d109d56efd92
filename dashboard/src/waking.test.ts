import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Row } from "./desk";
import { Server, answer, held, row } from "./pretence";
import { Waking } from "./waking";

const NOON = Date.parse("2026-11-20T12:00:00Z");

function blocked(id: string, until: string): Row {
  const blockers = [
    { __typename: "Blocker" as const, code: "CALL_LIMIT_REACHED" as const, message: "", availableAt: until },
  ];
  return row(id, { canCall: { __typename: "Eligibility", allowed: false, blockers, cautions: [] } });
}

let server: Server;
let waking: Waking;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
  server = new Server([row("1"), row("2"), row("3")]);
  waking = new Waking(server.client, server.kept);
  waking.begin();
});
afterEach(() => {
  waking.close();
  vi.useRealTimers();
});

test("a row in view is read again when what stood in its way has passed, and no other", async () => {
  server.kept.put([
    blocked("1", "2026-11-20T12:01:00Z"),
    blocked("2", "2026-11-20T12:01:00Z"),
    blocked("3", "2026-11-20T18:00:00Z"),
  ]);
  server.kept.watch("1", () => undefined);
  server.kept.watch("3", () => undefined);
  const heard = vi.fn();
  waking.hear(heard);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(server.asked).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.asked.map((each) => each.variables.ids)).toEqual([["1"]]);
  expect(server.kept.get("1")?.canCall.allowed).toBe(true);
  expect(server.kept.get("2")?.canCall.allowed).toBe(false);
  expect(heard).toHaveBeenCalledExactlyOnceWith([row("1")]);
});

test("a row that is as it was is not asked for at every look, nor marked as changed", async () => {
  const stubborn = blocked("1", "2026-11-20T11:59:00Z");
  server.list = [stubborn];
  server.kept.put([stubborn]);
  server.kept.watch("1", () => undefined);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(server.asked).toHaveLength(1);
  expect(server.kept.mark("1")).toBeUndefined();
});

test("news that come while a row is read again are younger than what is read", async () => {
  server.kept.put([blocked("1", "2026-11-20T11:59:00Z"), blocked("2", "2026-11-20T11:59:00Z")]);
  for (const id of ["1", "2"]) server.kept.watch(id, () => undefined);
  const { coming, letGo } = held();
  server.instead.push(() => coming);
  await vi.advanceTimersByTimeAsync(3000);
  server.kept.change(row("1", { status: "REVOKED" }));
  letGo(answer({ nodes: [row("1"), row("2")] }));
  await vi.advanceTimersByTimeAsync(10);
  expect(["1", "2"].map((id) => server.kept.get(id)?.status)).toEqual(["REVOKED", "TEMPORARY"]);
  expect(server.kept.get("2")?.canCall.allowed).toBe(true);
});
