import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Live } from "./live";
import { Socket } from "./socket.fake";

interface Item {
  cursor: string;
}

const told: string[] = [];
const ends = { gap: vi.fn<() => void>(), out: vi.fn<() => void>() };
let live: Live<Item>;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  vi.spyOn(Math, "random").mockReturnValue(1); // the longest that a wait may be
  Socket.begin();
  told.length = 0;
  ends.gap.mockReset();
  ends.out.mockReset();
  live = new Live<Item>("ws://maycall/graphql", "mc_token", {
    news: (items) => told.push(...items.map((item) => item.cursor)),
    ...ends,
  });
});

afterEach(() => {
  live.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Follows the log from 0, over a line that has come about. */
async function connected(): Promise<void> {
  live.follow({ query: "subscription", variables: { after: "0" } });
  await vi.advanceTimersByTimeAsync(5);
  expect([live.line, Socket.last.asked.after]).toEqual(["live", "0"]);
}

test("after an interruption it begins behind the last that it has seen: nothing is missed or told twice", async () => {
  await connected();
  Socket.last.tells("1", "2");
  Socket.last.breaks(1006);
  await vi.advanceTimersByTimeAsync(0);
  expect(live.line).toBe("lost");
  await vi.advanceTimersByTimeAsync(300);
  expect([live.line, Socket.last.asked.after, Socket.all.length]).toEqual(["live", "2", 2]);
  Socket.last.tells("3");
  await vi.advanceTimersByTimeAsync(60);
  expect(told).toEqual(["1", "2", "3"]);
});

test("it says since when the line is lost", async () => {
  await connected();
  vi.setSystemTime("2026-11-20T12:00:00Z");
  Socket.reachable = false;
  Socket.last.breaks(1012);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([live.line, live.since]).toEqual(["lost", Date.parse("2026-11-20T12:00:00Z")]);
});

test.each([1000, 1001, 1006, 1011, 1012, 1013, 4400, 4408, 4413, 4429, 4500])(
  "closed with %d, it comes back",
  async (code) => {
    await connected();
    Socket.last.breaks(code);
    await vi.advanceTimersByTimeAsync(6000);
    expect([live.line, Socket.all.length]).toEqual(["live", 2]);
  },
);

test("it asks less and less often, and never seldomer than every five seconds", async () => {
  await connected();
  Socket.reachable = false;
  Socket.last.breaks(1006);
  const at: number[] = [];
  const begun = Date.now();
  while (Date.now() - begun < 30_000) {
    const before = Socket.all.length;
    await vi.advanceTimersByTimeAsync(10);
    if (Socket.all.length > before) at.push(Date.now() - begun);
  }
  const waits = at.map((each, index) => Math.round((each - (at[index - 1] ?? 0)) / 100) / 10);
  expect(waits.slice(0, 7)).toEqual([0.3, 0.5, 1, 2, 4, 5, 5]);
});

test("two pages that lost one server do not come back at the same moment", async () => {
  await connected();
  vi.mocked(Math.random).mockReturnValue(0);
  Socket.last.breaks(1006);
  await vi.advanceTimersByTimeAsync(130); // half of the wait of the one whose chance is the largest
  expect(Socket.all.length).toBe(2);
});

test.each([
  ["the network is there again", () => window.dispatchEvent(new Event("online"))],
  ["somebody looks at the page again", () => document.dispatchEvent(new Event("visibilitychange"))],
])("it does not wait any longer when %s", async (_, happens) => {
  await connected();
  Socket.reachable = false;
  Socket.last.breaks(1006);
  await vi.advanceTimersByTimeAsync(20_000);
  const before = Socket.all.length;
  Socket.reachable = true;
  happens();
  await vi.advanceTimersByTimeAsync(5);
  expect([live.line, Socket.all.length]).toEqual(["live", before + 1]);
});

test("a line that died in a sleep, without a word, is found out when somebody looks again", async () => {
  await connected();
  Socket.last.silent = true;
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(4900);
  expect(live.line).toBe("live");
  await vi.advanceTimersByTimeAsync(500);
  expect([live.line, Socket.all.length]).toEqual(["live", 2]);
});

test("a line that died while somebody looks is found out in a quarter of a minute", async () => {
  await connected();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Socket.all.length).toBe(1); // it answers, so it stays
  Socket.last.silent = true;
  await vi.advanceTimersByTimeAsync(15_500);
  expect([live.line, Socket.all.length]).toEqual(["live", 2]);
});

test("a server that never answers the first word is left after a while, and asked again", async () => {
  Socket.reachable = false;
  const silence = vi.spyOn(Socket.prototype, "send").mockImplementation(() => undefined);
  Socket.reachable = true;
  live.follow({ query: "subscription", variables: { after: "0" } });
  await vi.advanceTimersByTimeAsync(9900);
  expect(Socket.all.length).toBe(1);
  silence.mockRestore();
  await vi.advanceTimersByTimeAsync(500);
  expect([live.line, Socket.all.length]).toEqual(["live", 2]);
});

test("a cursor that leads nowhere is a gap: everything is to be read anew, once", async () => {
  await connected();
  Socket.last.tells("1");
  Socket.last.fails("BAD_USER_INPUT", "CURSOR_TOO_OLD");
  await vi.advanceTimersByTimeAsync(10_000);
  expect([ends.gap.mock.calls.length, ends.out.mock.calls.length, told]).toEqual([1, 0, ["1"]]);
  live.follow({ query: "subscription", variables: { after: "70" } });
  await vi.advanceTimersByTimeAsync(5);
  expect([live.line, Socket.last.asked.after]).toEqual(["live", "70"]);
});

test("a server that answers every time with a fault is not asked in a hurry", async () => {
  ends.gap.mockImplementation(() => live.follow({ query: "subscription", variables: { after: "0" } }));
  await connected();
  const begun = Date.now();
  while (Date.now() - begun < 20_000) {
    if (Socket.last.readyState === Socket.OPEN && Socket.last.asked.id) Socket.last.fails("INTERNAL_SERVER_ERROR");
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(ends.gap.mock.calls.length).toBeLessThan(9);
});

test("whoever has asked too much goes on later, from the same place", async () => {
  await connected();
  Socket.last.tells("1");
  Socket.last.fails("THROTTLED");
  await vi.advanceTimersByTimeAsync(300);
  expect([live.line, Socket.last.asked.after, ends.gap.mock.calls.length]).toEqual(["live", "1", 0]);
});

test("a stream that the server ends for no reason is taken up again", async () => {
  await connected();
  Socket.last.says({ id: Socket.last.asked.id, type: "complete" });
  await vi.advanceTimersByTimeAsync(300);
  Socket.last.tells("1");
  await vi.advanceTimersByTimeAsync(60);
  expect(told).toEqual(["1"]);
});

test.each([
  ["in the stream", () => Socket.last.fails("UNAUTHENTICATED")],
  ["at the door", () => Socket.last.breaks(4403)],
])("a token that no longer works, told %s, is the end", async (_, happens) => {
  await connected();
  happens();
  await vi.advanceTimersByTimeAsync(30_000);
  expect([live.line, ends.out.mock.calls.length, Socket.all.length]).toEqual(["refused", 1, 1]);
});

test("a closed line stays closed, whatever happens", async () => {
  await connected();
  live.close();
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(30_000);
  expect([Socket.all.length, ends.out.mock.calls.length]).toEqual([1, 0]);
});
