import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { throttled } from "../pretence";
import { Patience } from "./patience";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what was asked too soon is asked again when its time has come, and the wait is told until then", async () => {
  const patience = new Patience();
  const told: (number | null)[] = [];
  patience.watch(() => told.push(patience.until));
  const answers = [throttled(20), throttled(5), new Response("the list")];
  const ask = vi.fn(() => Promise.resolve(answers.shift() ?? Response.error()));
  const answer = patience.ask(ask, "/graphql");
  await vi.advanceTimersByTimeAsync(19_000);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(patience.until).toBeGreaterThanOrEqual(Date.now() + 1000);
  await vi.advanceTimersByTimeAsync(9000);
  await expect((await answer).text()).resolves.toBe("the list");
  expect(ask).toHaveBeenCalledTimes(3);
  expect(patience.until).toBeNull();
  expect(told.map((until) => until === null)).toEqual([false, true, false, true]);
});

test.each([
  ["a refusal that says nothing of time", new Response(null, { status: 429 })],
  ["trouble of the server's", new Response(null, { status: 503, headers: { "Retry-After": "3" } })],
])("%s is an answer", async (_, response) => {
  const ask = vi.fn(() => Promise.resolve(response));
  await expect(new Patience().ask(ask, "/graphql")).resolves.toBe(response);
});

test("who no longer wants the answer waits no longer, and asks no more", async () => {
  const patience = new Patience();
  const ask = vi.fn(() => Promise.resolve(throttled(20)));
  const giving = new AbortController();
  const answer = patience.ask(ask, "/graphql", { signal: giving.signal });
  const over = expect(answer).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(1000);
  giving.abort();
  await over;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(1);
  expect(patience.until).toBeNull();
});
