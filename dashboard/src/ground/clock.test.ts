import { beforeEach, expect, test, vi } from "vitest";

const NOON = Date.parse("2026-11-20T12:00:00Z");
let clock: typeof import("./clock");

beforeEach(async () => {
  vi.useFakeTimers({ now: NOON });
  vi.resetModules();
  clock = await import("./clock");
  return () => vi.useRealTimers();
});

/** The header of a server whose clock is ahead by so many ms. */
function header(ahead: number): string {
  return new Date(Date.now() + ahead).toUTCString();
}

test("until the server has told the time, this machine's is taken", () => {
  clock.learn(null, NOON, NOON);
  clock.learn("no date", NOON, NOON);
  expect(clock.serverNow()).toBe(NOON);
});

test("a machine that is right is not put wrong by a header without milliseconds", () => {
  vi.setSystemTime(NOON + 990);
  clock.learn(header(0), NOON + 950, NOON + 990);
  expect(clock.serverNow()).toBe(NOON + 990);
});

test("where this machine's clock is wrong, the server's is followed, closer with every answer", () => {
  const hour = 3_600_000;
  for (let asked = 0; asked < 20; asked++) {
    vi.advanceTimersByTime(730);
    clock.learn(header(hour), Date.now() - 20, Date.now());
  }
  expect(Math.abs(clock.serverNow() - Date.now() - hour)).toBeLessThan(1100);
});

test("an answer that took long says little", () => {
  clock.learn(header(0), NOON - 60_000, NOON);
  expect(clock.serverNow()).toBe(NOON);
});

test("a clock that is set while the page is open is noticed at the next answer", () => {
  clock.learn(header(0), NOON - 20, NOON);
  vi.setSystemTime(NOON - 7_200_000);
  clock.learn(new Date(NOON).toUTCString(), Date.now() - 20, Date.now());
  expect(Math.abs(clock.serverNow() - NOON)).toBeLessThan(1100);
});
