import { MantineProvider } from "@mantine/core";
import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { changeLanguage, speak } from "../words";
import { Countdown } from "./Countdown";
import { Status } from "./Status";

beforeAll(speak);
beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-11-20T12:00:00Z") }));
afterEach(async () => {
  cleanup();
  vi.useRealTimers();
  await changeLanguage("en");
});

test("a status is told in words, in the reader's language", async () => {
  render(<Status row={{ status: "PERMANENT", expiresAt: null }} />);
  expect(screen.getByText("Always allowed")).toBeDefined();
  cleanup();
  await changeLanguage("es");
  render(<Status row={{ status: "PERMANENT", expiresAt: null }} />);
  expect(screen.getByText("Siempre permitido")).toBeDefined();
});

test.each([
  ["TEMPORARY", "2026-11-21T13:30:00Z", "1d 1h"],
  ["TEMPORARY", "2026-11-20T11:59:00Z", "1 minute ago"],
  ["EXPIRED", "2026-11-20T10:00:00Z", "2 hours ago"],
  ["PERMANENT", null, "for good"],
] as const)("%s until %s reads: %s", (status, expiresAt, words) => {
  render(
    <MantineProvider>
      <Countdown row={{ status, expiresAt }} />
    </MantineProvider>,
  );
  expect(screen.getByText(words)).toBeDefined();
});

test("the word says that it ran out in the very second in which the countdown ends", () => {
  const row = { status: "TEMPORARY", expiresAt: "2026-11-20T12:00:03Z" } as const;
  render(
    <>
      <Status row={row} />
      <Countdown row={row} />
    </>,
  );
  act(() => void vi.advanceTimersByTime(2500));
  expect(screen.getByText("Allowed")).toBeDefined();
  expect(screen.getByText("0m 0s")).toBeDefined();
  act(() => void vi.advanceTimersByTime(1000));
  expect(screen.getByText("Ran out")).toBeDefined();
  expect(screen.getByText("this minute")).toBeDefined();
});
