import { Client, fetchExchange } from "@urql/core";
import { afterEach, describe, expect, test, vi } from "vitest";

import type { Change } from "./desk";
import type { PermissionRequestFilter } from "./gql/graphql";
import { Rows } from "./ground/rows";
import { NUMBER, answer, change, held, row } from "./pretence";
import { FILTERS, type Request, RequestListing, VIEWS, type View, inserted, isIn } from "./requests";

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
  expect(VIEWS.filter((view) => isIn(view, { status, answer }))).toEqual(views);
});

test("a new request stands above those that were made before it", () => {
  const made: Record<string, string> = {
    a: "2026-11-20T12:00:03Z",
    b: "2026-11-20T12:00:01Z",
    c: "2026-11-20T12:00:02Z",
  };
  const queuedAt = (id: string): string => made[id] ?? "";
  expect(inserted(["a", "b"], "c", queuedAt, false)).toEqual(["a", "c", "b"]);
  expect(inserted([], "c", queuedAt, false)).toEqual(["c"]);
  expect(inserted(["a"], "b", queuedAt, true)).toEqual(["a"]); // it comes with a later page
  const same = ["a", "b"];
  expect(inserted(same, "b", queuedAt, false)).toBe(same);
});

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 0, minute)).toISOString();

/** A request that was made in this minute, and is named after it. */
function request(minute: number, own: Partial<Request> = {}): Request {
  const id = String(minute);
  return {
    __typename: "PermissionRequest",
    id,
    kind: "FREE_FORM",
    status: "SENT",
    answer: null,
    queuedAt: at(minute),
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    answeredAt: null,
    expiresAt: null,
    requestedBy: "Meera",
    failure: null,
    text: null,
    template: null,
    callPermission: row(id),
    ...own,
  };
}

const ALLOWED = { status: "ANSWERED", answer: "TEMPORARY" } as const;
const of = (count: number): Request[] => Array.from({ length: count }, (_, index) => request(index)).reverse();
const ids = (requests: readonly Request[]): string[] => requests.map(({ id }) => id);

function news(now: Request, previousStatus: string | null): Change {
  const node = { ...now, requestStatus: now.status };
  return change(node, { kind: "PERMISSION_REQUEST", cause: "MESSAGE_STATUS", previousStatus, status: now.status });
}

const filterOf = (view: View): PermissionRequestFilter => ({ ...FILTERS[view], businessNumberId: NUMBER });
const written = (filter: PermissionRequestFilter): string => JSON.stringify(Object.entries(filter).sort());

/** A server that has these requests, newest first, and a list of those of a view. */
class Desk {
  readonly asked: string[] = [];
  readonly instead: (() => Promise<Response>)[] = [];
  readonly rows = new Rows<ReturnType<typeof row>>();
  readonly client = new Client({
    url: "http://maycall.test/graphql",
    exchanges: [fetchExchange],
    requestPolicy: "network-only",
    preferGetMethod: false,
    fetch: (_, init) => this.fetch(init?.body as string),
  });

  constructor(public list: Request[]) {}

  async fetch(body: string): Promise<Response> {
    const { operationName, variables } = JSON.parse(body) as {
      operationName: string;
      variables: { filter: PermissionRequestFilter; first?: number; after?: string | null };
    };
    this.asked.push(operationName);
    const instead = this.instead.shift();
    if (instead) return instead();
    await Promise.resolve();
    return answer({ permissionRequests: this.page(variables) });
  }

  page({
    filter,
    first = 0,
    after = null,
  }: {
    filter: PermissionRequestFilter;
    first?: number;
    after?: string | null;
  }) {
    const view = VIEWS.find((name) => written(filterOf(name)) === written(filter));
    if (view === undefined) throw new Error(`There is no view with ${JSON.stringify(filter)}.`);
    const all = this.list.filter((own) => isIn(view, own));
    const begin = all.findIndex(({ id }) => id === after) + 1;
    const nodes = all.slice(begin, begin + first);
    const pageInfo = { hasNextPage: begin + nodes.length < all.length, endCursor: nodes.at(-1)?.id ?? null };
    return { totalCount: all.length, nodes, pageInfo };
  }

  /** Something happens to a request: the server has it, and whoever listens hears of it. */
  happens(listing: RequestListing, now: Request, previousStatus: string | null): void {
    const others = this.list.filter(({ id }) => id !== now.id);
    this.list = [...others, now].sort((one, other) => Date.parse(other.queuedAt) - Date.parse(one.queuedAt));
    listing.heard([news(now, previousStatus)]);
  }
}

async function opened(desk: Desk, view: View): Promise<RequestListing> {
  const listing = new RequestListing(desk, view, NUMBER);
  listing.reload();
  await vi.waitFor(() => expect(listing.state.loading).toBe(false), PATIENCE);
  return listing;
}

const shown = ({ state }: RequestListing): [readonly string[], number | null] => [state.ids, state.total];

const PATIENCE = 20_000; // ms: a machine may have much else to do
vi.setConfig({ testTimeout: 3 * PATIENCE });

afterEach(() => vi.useRealTimers());

describe("the requests of a view, kept true by the news alone", () => {
  test("a new one comes up, is counted, and goes where its fate takes it", async () => {
    const desk = new Desk(of(2));
    const listing = await opened(desk, "pending");
    desk.happens(listing, request(7, { status: "QUEUED" }), null);
    expect(shown(listing)).toEqual([["7", "1", "0"], 3]);
    desk.happens(listing, request(7, { status: "DELIVERED" }), "QUEUED");
    expect(listing.rows.get("7")?.status).toBe("DELIVERED");
    expect(shown(listing)).toEqual([["7", "1", "0"], 3]);
    desk.happens(listing, request(7, ALLOWED), "DELIVERED");
    expect(shown(listing)).toEqual([["1", "0"], 2]);
    expect(desk.asked).toEqual(["Requests"]);
  });

  test.each<[View, Partial<Request>]>([
    ["pending", { status: "READ" }],
    ["allowed", ALLOWED],
    ["declined", { status: "ANSWERED", answer: "DECLINED" }],
    ["unanswered", { status: "EXPIRED" }],
    ["failed", { status: "FAILED" }],
    ["all", { status: "SUPERSEDED" }],
  ])("those of %s are the ones that the server would list", async (view, own) => {
    const desk = new Desk([request(3, own), ...of(3)]);
    const listing = await opened(desk, view);
    for (const [minute, fate] of [
      [0, own],
      [1, ALLOWED],
      [2, { status: "FAILED" }],
      [5, own],
      [4, own],
      [3, { status: "SUPERSEDED" }],
    ] as [number, Partial<Request>][]) {
      desk.happens(listing, request(minute, fate), minute > 3 ? null : "SENT");
    }
    const listed = ids(desk.list.filter((each) => isIn(view, each)));
    expect(shown(listing)).toEqual([listed, listed.length]);
    expect(desk.asked).toEqual(["Requests"]);
  });

  test("those of another number are none of its business", async () => {
    const desk = new Desk(of(1));
    const listing = await opened(desk, "all");
    const elsewhere = row("9", { businessNumber: { __typename: "BusinessNumber", id: "number-2" } });
    listing.heard([news(request(9, { callPermission: elsewhere }), null)]);
    expect(shown(listing)).toEqual([["0"], 1]);
  });

  test("what was heard while a page was on its way is not forgotten, and not counted twice", async () => {
    const desk = new Desk(of(2));
    const listing = await opened(desk, "pending");
    const { coming, letGo } = held();
    desk.instead.push(() => coming);
    const old = answer({
      permissionRequests: desk.page({ filter: filterOf("pending"), first: 100 }),
    });
    listing.reload();
    desk.happens(listing, request(1, ALLOWED), "SENT");
    desk.happens(listing, request(8), null);
    letGo(old); // as it was before
    await vi.waitFor(() => expect(listing.state.loading).toBe(false), PATIENCE);
    expect(shown(listing)).toEqual([["8", "0"], 2]);
  });
});

describe("a view of more than a page", () => {
  test("leaves to a later page what belongs there, and asks only how many there are", async () => {
    const desk = new Desk(of(250));
    const listing = await opened(desk, "pending");
    expect(shown(listing)).toEqual([ids(desk.list).slice(0, 100), 250]);
    desk.happens(listing, request(3, ALLOWED), "SENT"); // far down
    await vi.waitFor(() => expect(listing.state.total).toBe(249), PATIENCE);
    expect(listing.state.ids).toHaveLength(100);
    expect(desk.asked).toEqual(["Requests", "HowManyRequests"]);
    desk.happens(listing, request(240, ALLOWED), "SENT"); // in view
    expect(listing.state.total).toBe(248);
    listing.loadMore();
    await vi.waitFor(() => expect(listing.state.ids).toHaveLength(199), PATIENCE);
    expect(listing.state.ids).toEqual(ids(desk.list.filter((each) => isIn("pending", each))).slice(0, 199));
  });

  test("asks once for a crowd, and once more for what came meanwhile", async () => {
    const desk = new Desk(of(150));
    const listing = await opened(desk, "pending");
    vi.useFakeTimers();
    for (let minute = 0; minute < 20; minute += 1) desk.happens(listing, request(minute, ALLOWED), "SENT");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(desk.asked).toEqual(["Requests", "HowManyRequests"]);
    expect(listing.state.total).toBe(130);
  });

  test("reads the next page before there is little left to see", async () => {
    const desk = new Desk(of(150));
    const listing = await opened(desk, "pending");
    for (let minute = 149; minute >= 90; minute -= 1) desk.happens(listing, request(minute, ALLOWED), "SENT");
    await vi.waitFor(() => expect(listing.state.ids).toHaveLength(90), PATIENCE);
    expect(shown(listing)).toEqual([ids(desk.list.filter((each) => isIn("pending", each))), 90]);
  });

  test("counts nothing anew where all are wanted, whatever becomes of them", async () => {
    const desk = new Desk(of(150));
    const listing = await opened(desk, "all");
    vi.useFakeTimers();
    desk.happens(listing, request(3, ALLOWED), "SENT");
    desk.happens(listing, request(200), null);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(desk.asked).toEqual(["Requests"]);
    expect(listing.state.total).toBe(151);
  });
});

test("once a customer is deleted the list is read again: nobody can say whose requests they were", async () => {
  const desk = new Desk(of(3));
  const listing = await opened(desk, "all");
  desk.list = of(2);
  listing.heard([change(null, { kind: "CUSTOMER", cause: "UPDATED", status: "DELETED" })]);
  await vi.waitFor(() => expect(shown(listing)).toEqual([["1", "0"], 2]), PATIENCE);
  expect(desk.asked).toEqual(["Requests", "Requests"]);
});
