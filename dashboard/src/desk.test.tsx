import { MantineProvider } from "@mantine/core";
import { act, cleanup, render, screen } from "@testing-library/react";
import { type ReactNode, useEffect } from "react";
import type { DetachedWindowAPI } from "happy-dom";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { DeskProvider, type End, useDesk, useNews } from "./desk";
import { Socket } from "./ground/socket.fake";
import { LineSign } from "./parts/LineSign";
import { RowsAgain } from "./permissions.graphql";
import { speak } from "./words";

const PAGE = '<script type="module" src="/assets/dashboard-1.js"></script>';
const VIEWER = {
  __typename: "Viewer",
  name: "Meera",
  workspace: { __typename: "Workspace", id: "w", name: "Shop" },
};

let cursor: string;
let away: boolean; // the server
let page: string;
let refused: boolean;
let scopes: string[];
const asked: { operationName?: string; variables: { calls?: boolean } }[] = [];
const readings: number[] = [];
const heard: string[] = [];
const left = vi.fn<(end: End) => void>();

function json(body: unknown): Response {
  return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/graphql-response+json" } });
}

async function answer(url: string): Promise<Response> {
  await Promise.resolve();
  if (away) throw new TypeError("Failed to fetch");
  if (!url.includes("/graphql")) return new Response(page);
  if (refused) return json({ errors: [{ message: "No.", extensions: { code: "UNAUTHENTICATED" } }] });
  return json({ data: { changeCursor: cursor, viewer: { ...VIEWER, scopes }, businessNumbers: [], nodes: [] } });
}

beforeAll(speak);

beforeEach(() => {
  [cursor, away, page, refused, scopes] = ["7", false, PAGE, false, ["admin"]];
  [readings, heard, asked].forEach((list) => (list.length = 0));
  left.mockReset();
  Socket.begin();
  vi.useFakeTimers({ now: new Date("2026-11-20T12:00:00Z") });
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", (input: string | URL | Request, init?: RequestInit) => {
    if (init?.body) asked.push(JSON.parse(init.body as string) as (typeof asked)[number]);
    return answer(input instanceof Request ? input.url : input.toString());
  });
  (window as unknown as { happyDOM: DetachedWindowAPI }).happyDOM.settings.handleDisabledFileLoadingAsSuccess = true;
  document.head.innerHTML = PAGE;
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function Reader(): ReactNode {
  const { client, reading } = useDesk();
  useEffect(() => {
    readings.push(reading);
    void client.query("query Again { changeCursor }", {}).toPromise();
    void client.query(RowsAgain, { ids: [] }).toPromise();
  }, [client, reading]);
  useNews((changes) => heard.push(...changes.map((change) => change.cursor)));
  return null;
}

async function pass(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

async function open(): Promise<void> {
  render(
    <MantineProvider>
      <DeskProvider token="mc_token" leave={left} closed={(error) => <p>closed: {error?.message}</p>}>
        <LineSign />
        <Reader />
      </DeskProvider>
    </MantineProvider>,
  );
  await pass(20);
}

function sign(): string | null {
  return screen.getByRole("status").textContent;
}

test("a lost line is said, with since when, and is taken up where it ended: nothing is read anew", async () => {
  await open();
  expect([sign(), Socket.last.asked.after]).toEqual(["Live", "7"]);
  Socket.last.tells("8");
  Socket.reachable = false;
  Socket.last.breaks(1006);
  await pass(60_000);
  expect(sign()).toMatch(/^Reconnecting … \(since \d\d?:00:00/);
  Socket.reachable = true;
  await pass(6000);
  expect([sign(), Socket.last.asked.after, readings, heard]).toEqual(["Live", "8", [1], ["8"]]);
});

test.each([
  [["permissions:read"], false],
  [["permissions:read", "calls:read"], true],
  [["admin"], true],
])("with the scopes %j, whether the calls of rows are asked for: %s", async (held, asks) => {
  scopes = held;
  await open();
  expect(Socket.last.asked.calls).toBe(asks);
  const variables = new Map(asked.map((each) => [each.operationName, each.variables]));
  expect(variables.get("RowsAgain")).toEqual({ ids: [], ...(!asks && { calls: false }) });
  expect(variables.get("Again")).toEqual({});
});

test("a cursor that is too old has everything read anew, and the line goes on from where the log stands", async () => {
  await open();
  cursor = "90";
  Socket.last.fails("BAD_USER_INPUT", "CURSOR_TOO_OLD");
  await pass(1000);
  expect([sign(), Socket.last.asked.after, readings]).toEqual(["Live", "90", [1, 2]]);
});

test("what could not be read while the server was away is read once it is back", async () => {
  await open();
  away = true;
  Socket.reachable = false;
  Socket.last.fails("BAD_USER_INPUT", "CURSOR_TOO_OLD");
  await pass(20_000);
  expect(sign()).toMatch(/^Reconnecting/);
  away = false;
  Socket.reachable = true;
  await pass(6000);
  expect([sign(), readings]).toEqual(["Live", [1, 2]]);
});

test("a server that is not there yet is waited for", async () => {
  away = true;
  await open();
  expect(screen.getByText(/^closed: .*Failed to fetch/)).toBeDefined();
  await pass(20_000);
  away = false;
  await pass(6000);
  expect(sign()).toBe("Live");
});

test("a token that was revoked, told by whatever answer comes first, signs out and says why", async () => {
  await open();
  refused = true;
  Socket.last.fails("BAD_USER_INPUT", "CURSOR_TOO_OLD");
  await pass(1000);
  expect(left.mock.calls).toEqual([["shut out"]]);
});

test("a server that comes back with a newer page offers it, and one that comes back the same does not", async () => {
  await open();
  Socket.last.breaks(1012);
  await pass(1000);
  expect(screen.queryByRole("button")).toBeNull();
  page = PAGE.replace("dashboard-1", "dashboard-2");
  Socket.last.breaks(1012);
  await pass(1000);
  expect(screen.getByRole("button", { name: "New version: reload" })).toBeDefined();
});

test("a part of the page that is gone from the server means that there is a newer one", async () => {
  await open();
  act(() => void window.dispatchEvent(new Event("vite:preloadError")));
  expect(screen.getByRole("button", { name: "New version: reload" })).toBeDefined();
});
