import { MantineProvider } from "@mantine/core";
import { act, cleanup, render } from "@testing-library/react";
import { type ReactNode, useEffect } from "react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { useCustomer } from "./customer";
import { type Change, DeskProvider, type Row, useDesk } from "./desk";
import { useRow } from "./ground/rows";
import { Socket } from "./ground/socket.fake";
import { NumberProvider } from "./number";
import { NUMBER, answer, change, row } from "./pretence";
import { speak } from "./words";

const START = {
  changeCursor: "0",
  viewer: { __typename: "Viewer", name: "Meera", scopes: ["admin"], workspace: { id: "w", name: "Shop" } },
  businessNumbers: [{ __typename: "BusinessNumber", id: NUMBER, name: "Shop" }],
};

interface Question {
  after: string | null;
  answers: (response: Response) => void;
}

let questions: Question[]; // about the customer, and not answered yet
let now: ReturnType<typeof useCustomer>;
let shown: Row | undefined;

function ask(_: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const { operationName, variables } = JSON.parse(init?.body as string) as {
    operationName: string;
    variables: { historyAfter?: string | null };
  };
  if (operationName === "Start") return Promise.resolve(answer(START));
  return new Promise((answers) => questions.push({ after: variables.historyAfter ?? null, answers }));
}

beforeAll(speak);
beforeEach(async () => {
  [questions, shown] = [[], undefined];
  Socket.begin();
  vi.useFakeTimers({ now: new Date("2026-11-20T12:00:00Z") });
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", ask);
  render(
    <MantineProvider>
      <DeskProvider token="mc_token" leave={() => undefined} closed={() => null}>
        <NumberProvider none={null}>
          <Reader />
        </NumberProvider>
      </DeskProvider>
    </MantineProvider>,
  );
  await pass(20);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function Reader(): ReactNode {
  const read = useCustomer("customer-1");
  const row = useRow(useDesk().rows, "1");
  useEffect(() => {
    [now, shown] = [read, row];
  });
  return null;
}

async function pass(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

const ASKED = row("1", { status: "REQUESTED" });
const ALLOWED = row("1", { status: "TEMPORARY" });

/** The customer as they stood at some moment, with these lines of what happened. */
function customer(permission: Row, cursors: string[], end: string | null = null): Response {
  const nodes = cursors.map((cursor) => ({ __typename: "Change", cursor, node: null }));
  const pageInfo = { hasNextPage: end !== null, endCursor: end };
  return answer({ customer: { ...permission.customer, callPermission: permission, history: { nodes, pageInfo } } });
}

async function answered(question: Question | undefined, response: Response): Promise<void> {
  question?.answers(response);
  await pass(10);
}

async function happens(news: Change): Promise<void> {
  Socket.last.says({ id: Socket.last.asked.id, type: "next", payload: { data: { changes: news } } });
  await pass(60);
}

const lines = (): string[] => now.lines.map(({ cursor }) => cursor);

test("what happens while the customer is being read is read too, however old the answer is that comes first", async () => {
  await happens(change(ALLOWED));
  await pass(200);
  expect(questions).toHaveLength(2);
  const [before, after] = questions;
  await answered(before, customer(ASKED, ["1"]));
  expect([shown?.status, lines()]).toEqual(["TEMPORARY", ["1"]]);
  await answered(after, customer(ALLOWED, ["2", "1"]));
  expect([shown?.status, lines()]).toEqual(["TEMPORARY", ["2", "1"]]);
});

test("an older answer that comes after a newer one is none any more", async () => {
  await happens(change(ALLOWED));
  await pass(200);
  const [before, after] = questions;
  await answered(after, customer(ALLOWED, ["2", "1"]));
  await answered(before, customer(ASKED, ["1"]));
  expect([now.seen?.callPermission?.status, shown?.status, lines()]).toEqual(["TEMPORARY", "TEMPORARY", ["2", "1"]]);
});

test("a reading that fails after a newer one has come says nothing", async () => {
  await happens(change(ALLOWED));
  await pass(200);
  const [before, after] = questions;
  await answered(after, customer(ALLOWED, ["1"]));
  await answered(before, answer({}));
  expect(now.error).toBeNull();
});

test("an older page is put at the end, also while the newest is read anew", async () => {
  await answered(questions.shift(), customer(ASKED, ["4", "3"], "3"));
  void now.readMore();
  await happens(change(ALLOWED));
  await pass(200);
  const [older, newest] = questions;
  expect(questions.map(({ after }) => after)).toEqual(["3", null]);
  await answered(newest, customer(ALLOWED, ["5", "4"], "4"));
  await answered(older, customer(ASKED, ["2", "1"]));
  expect([shown?.status, lines(), now.more]).toEqual(["TEMPORARY", ["5", "4", "3", "2", "1"], false]);
  expect(now.seen?.callPermission?.status).toBe("TEMPORARY");
});

test("an older page that no longer joins what is shown is left out, so that no hole is hidden", async () => {
  await answered(questions.shift(), customer(ASKED, ["4", "3"], "3"));
  void now.readMore();
  await happens(change(ALLOWED));
  await pass(200);
  const [older, newest] = questions;
  await answered(newest, customer(ALLOWED, ["9", "8"], "8")); // so much has happened that it does not reach 4
  await answered(older, customer(ASKED, ["2", "1"]));
  expect([lines(), now.more]).toEqual([["9", "8"], true]);
});

test("somebody to whom something happens all the time is read all the same", async () => {
  for (let times = 0; times < 10; times += 1) await happens(change(ALLOWED));
  expect(questions.length).toBeGreaterThan(1);
});
