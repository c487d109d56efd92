import { MantineProvider } from "@mantine/core";
import { act, cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import type { State, Step, UnderWay } from "../calling";
import type { Row } from "../desk";
import { Watched } from "../ground/watched";
import { changeLanguage, speak } from "../words";
import CallPanel, { type Held } from "./CallPanel";

beforeAll(speak);
beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-11-20T12:00:42Z"), shouldAdvanceTime: true }));
afterEach(async () => {
  cleanup();
  vi.useRealTimers();
  await changeLanguage("en");
});

const ROW: Row = {
  id: "permission",
  status: "PERMANENT",
  grantedAt: null,
  expiresAt: null,
  respondedAt: null,
  unansweredStreak: 3,
  customer: { id: "meera", name: "Meera", phone: "+919812300457", externalId: null, tags: [] },
  businessNumber: { id: "number" },
  latestRequest: null,
  latestCall: null,
  canCall: { allowed: true, blockers: [], cautions: ["REVOCATION_IF_UNANSWERED"] },
  canRequest: { allowed: true, blockers: [] },
} as unknown as Row;

const CALL: Step = {
  __typename: "Call",
  id: "call",
  status: "RINGING",
  answeredAt: null,
  endedAt: null,
  durationSeconds: null,
  failure: null,
  sdpAnswer: null,
};

const UNDER_WAY: UnderWay = {
  is: "under way",
  call: CALL,
  sound: "flowing",
  muted: false,
  unheard: false,
  hangingUp: false,
  trouble: null,
};

/** A call that is at whatever stage it is put, and remembers what was pressed. */
class Staged extends Watched<State> implements Held {
  readonly row = ROW;
  readonly levels = { own: 0, other: 0 };
  readonly pressed: string[] = [];

  get over(): boolean {
    return !["warning", "microphone", "placing", "under way"].includes(this.state.is);
  }

  override turn(state: State): void {
    act(() => super.turn(state));
  }

  begin(): Promise<void> {
    return this.#note("begin");
  }

  hangUp(): void {
    void this.#note("hang up");
  }

  mute(muted: boolean): void {
    void this.#note(muted ? "mute" : "unmute");
  }

  choose(): Promise<void> {
    return this.#note("choose");
  }

  close = (): void => void this.#note("close");

  again = (): void => void this.#note("again");

  #note(what: string): Promise<void> {
    this.pressed.push(what);
    return Promise.resolve();
  }
}

function show(state: State): Staged {
  const staged = new Staged(state);
  render(
    <MantineProvider>
      <CallPanel calling={staged} close={staged.close} again={staged.again} />
    </MantineProvider>,
  );
  return staged;
}

const says = (): string => screen.getByRole("status").textContent;
const buttons = (): string[] => screen.getAllByRole("button").map((button) => button.textContent);

test("a call that would revoke the permission if it is missed is begun only after that was read", async () => {
  const staged = show({ is: "warning" });
  expect(screen.getByText(/WhatsApp takes the permission back/)).toBeDefined();
  expect(buttons()).toEqual(["Cancel", "Call anyway"]);
  await userEvent.click(screen.getByRole("button", { name: "Call anyway" }));
  expect(staged.pressed).toEqual(["begin"]);
});

test("the panel has the focus as it opens, and says in one place how far the call has come", () => {
  const staged = show({ is: "microphone" });
  const status = screen.getByRole("status");
  expect(document.activeElement).toBe(screen.getByRole("region", { name: "Call with Meera" }));
  const stages: [State, string][] = [
    [{ is: "placing", hangingUp: false }, "Placing the call …"],
    [{ ...UNDER_WAY, call: { ...CALL, status: "CONNECTING" } }, "Connecting"],
    [UNDER_WAY, "Ringing"],
    [{ ...UNDER_WAY, call: { ...CALL, status: "IN_PROGRESS" } }, "Talking"],
    [{ is: "over", call: { ...CALL, status: "COMPLETED" }, soundLost: false }, "Ended"],
  ];
  for (const [state, words] of stages) {
    staged.turn(state);
    expect(says()).toBe(words);
    expect(screen.getByRole("status")).toBe(status); // else a screen reader would not read what is new in it
  }
});

test("a call can be hung up from the moment at which it is placed", async () => {
  const staged = show({ is: "placing", hangingUp: false });
  await userEvent.click(screen.getByRole("button", { name: "Hang up" }));
  staged.turn({ is: "placing", hangingUp: true });
  expect(says()).toBe("Hanging up …");
  expect(staged.pressed).toEqual(["hang up"]);
});

test("how long it has lasted is told by the server's clock, and stands when it has ended", () => {
  const talking: Step = { ...CALL, status: "IN_PROGRESS", answeredAt: "2026-11-20T12:00:00Z" };
  const staged = show({ ...UNDER_WAY, call: talking });
  expect(screen.getByText("0:42")).toBeDefined();
  act(() => void vi.advanceTimersByTime(61_500));
  expect(screen.getByText("1:43")).toBeDefined();
  staged.turn({
    is: "over",
    call: { ...talking, status: "COMPLETED", endedAt: "2026-11-20T12:00:30Z" },
    soundLost: false,
  });
  expect(screen.getByText("0:30")).toBeDefined();
});

test.each([
  ["NO_ANSWER", "No answer", "Meera did not pick up."],
  ["REJECTED", "Declined", "Meera did not want to take the call."],
  ["CANCELLED", "Cancelled", "You hung up before Meera could pick up."],
  ["COMPLETED", "Ended", "The call with Meera is over."],
] as const)("a call that ended as %s says so, and can be tried again or put away", (status, words, why) => {
  show({ is: "over", call: { ...CALL, status }, soundLost: false });
  expect(says()).toBe(words);
  expect(screen.getByText(why)).toBeDefined();
  expect(buttons()).toEqual(["Call again", "Close"]);
});

test("a call that failed tells why", () => {
  show({ is: "over", call: { ...CALL, status: "FAILED", failure: "Media receive timeout" }, soundLost: false });
  expect(screen.getByRole("alert").textContent).toContain("Media receive timeout");
});

test("a call that was ended because its sound was lost says so", () => {
  show({ is: "over", call: { ...CALL, status: "COMPLETED" }, soundLost: true });
  expect(screen.getByRole("alert").textContent).toContain("so the call was ended");
});

test.each([
  ["denied", /Allow it at the sign beside the address/],
  ["missing", /Plug one in/],
  ["busy", /Another program keeps the microphone/],
  ["insecure", /https/],
] as const)("without a microphone, as it is %s, nobody was called, and what to do is told", (lack, words) => {
  show({ is: "without microphone", lack, why: "" });
  expect(says()).toBe("Nobody was called");
  expect(screen.getByRole("alert").textContent).toMatch(words);
});

test("a call that WhatsApp refuses tells why, with nothing to try again", () => {
  show({
    is: "refused",
    refusal: { code: "CALL_IN_PROGRESS", message: "A call with this customer is under way.", availableAt: null },
  });
  expect(says()).toBe("Nobody was called");
  expect(screen.getByRole("alert").textContent).toContain("A call with this customer is under way.");
  expect(buttons()).toEqual(["Close"]);
});

test("m mutes and unmutes, and who is muted reads that nobody hears them", async () => {
  const staged = show(UNDER_WAY);
  await userEvent.keyboard("m");
  staged.turn({ ...UNDER_WAY, muted: true });
  expect(screen.getByText("Meera does not hear you.")).toBeDefined();
  expect(screen.getByRole("button", { name: "Mute" }).getAttribute("aria-pressed")).toBe("true");
  await userEvent.keyboard("m");
  expect(staged.pressed).toEqual(["mute", "unmute"]);
});

test("whose microphone is gone reads that nobody hears them, also when they are muted, and what to do", () => {
  const staged = show({ ...UNDER_WAY, unheard: true, muted: true });
  expect(screen.getByText(/The microphone is gone, so Meera does not hear you. Plug one in/)).toBeDefined();
  staged.turn({ ...UNDER_WAY, unheard: false });
  expect(screen.queryByText(/The microphone is gone/)).toBeNull();
});

test("Escape puts away what is over, and never ends a call", async () => {
  const staged = show(UNDER_WAY);
  await userEvent.keyboard("{Escape}");
  expect(staged.pressed).toEqual([]);
  staged.turn({ is: "over", call: { ...CALL, status: "NO_ANSWER" }, soundLost: false });
  await userEvent.keyboard("{Escape}");
  expect(staged.pressed).toEqual(["close"]);
});

test("a call from before the page was loaded anew has no sound any more, and can be hung up", () => {
  show({ ...UNDER_WAY, sound: null });
  expect(screen.getByText(/loaded anew during the call/)).toBeDefined();
  expect(buttons()).toEqual(["Hang up"]);
});

test("a call that could not be hung up tells that, and lets it be tried again", () => {
  show({ ...UNDER_WAY, trouble: "The server is away." });
  expect(screen.getByRole("alert").textContent).toContain("The call could not be hung up: The server is away.");
  expect(screen.getByRole("button", { name: "Hang up" })).toBeDefined();
});

test("both ends have a meter", () => {
  const staged = show(UNDER_WAY);
  Object.assign(staged.levels, { own: 0.5, other: 0.25 });
  act(() => void vi.advanceTimersByTime(150));
  const levels = screen
    .getAllByRole("meter")
    .map((meter) => [meter.getAttribute("aria-label"), meter.getAttribute("aria-valuenow")]);
  expect(levels).toEqual([
    ["You", "50"],
    ["Meera", "25"],
  ]);
});
