import { afterEach, describe, expect, test, vi } from "vitest";

import type { Wanted } from "./belonging";
import type { Row } from "./desk";
import { Listing } from "./listing";
import { NUMBER, Server, change, held, row } from "./pretence";

const CALLABLE: Wanted = { filter: { businessNumberId: NUMBER, callableNow: true }, orderBy: "EXPIRES_AT" };
const NEWEST: Wanted = { filter: { businessNumberId: NUMBER }, orderBy: "CREATED_AT", backwards: true };
const ALLOWED: Wanted = { ...NEWEST, filter: { businessNumberId: NUMBER, statuses: ["TEMPORARY"] } };
const BLOCKED = { __typename: "Eligibility" as const, allowed: false, blockers: [], cautions: [] };

const at = (hour: number): string => new Date(Date.UTC(2030, 0, 1, hour)).toISOString();
const many = (count: number): Row[] => Array.from({ length: count }, (_, n) => row(String(n), { expiresAt: at(n) }));

async function opened(server: Server, wanted: Wanted, calm: boolean): Promise<Listing> {
  const listing = new Listing({ client: server.client, rows: server.kept }, calm);
  listing.want(wanted);
  await vi.waitFor(() => expect(listing.state.loading).toBe(false));
  return listing;
}

/** What the desk does when news come: the row first, and then whoever listens. */
function happens(server: Server, listing: Listing, now: Row, own: Parameters<typeof change>[1] = {}): void {
  server.kept.change(now);
  listing.heard([change(now, own)]);
}

afterEach(() => vi.useRealTimers());

describe("a list that keeps itself true", () => {
  test("puts who may be called now where they belong, without asking again", async () => {
    const server = new Server([row("1", { expiresAt: at(1) }), row("3", { expiresAt: at(3) }), row("9")]);
    const listing = await opened(server, CALLABLE, false);
    happens(server, listing, row("2", { expiresAt: at(2) }));
    happens(server, listing, row("4", { expiresAt: null, status: "PERMANENT" }));
    expect(listing.state.ids).toEqual(["1", "2", "3", "9", "4"]);
    expect(server.asked).toHaveLength(1);
  });

  test("lets go who may no longer be called, and takes them back", async () => {
    const server = new Server([row("1", { expiresAt: at(1) }), row("2", { expiresAt: at(2) })]);
    const listing = await opened(server, CALLABLE, false);
    happens(server, listing, row("1", { expiresAt: at(1), canCall: BLOCKED }), { kind: "CALL" });
    expect(listing.state.ids).toEqual(["2"]);
    happens(server, listing, row("1", { expiresAt: at(1) }), { kind: "CALL" });
    expect(listing.state.ids).toEqual(["1", "2"]);
  });

  test("moves whose end has moved", async () => {
    const server = new Server(many(3));
    const listing = await opened(server, CALLABLE, false);
    happens(server, listing, row("0", { expiresAt: at(7) }), { previousStatus: "TEMPORARY" });
    expect(listing.state.ids).toEqual(["1", "2", "0"]);
  });

  test("puts what has run out behind all that will", async () => {
    const server = new Server(many(3));
    const listing = await opened(server, { filter: { businessNumberId: NUMBER }, orderBy: "EXPIRES_AT" }, false);
    happens(server, listing, row("0", { expiresAt: at(0), status: "EXPIRED" }), { status: "EXPIRED" });
    expect(listing.state.ids).toEqual(["1", "2", "0"]);
  });

  test("leaves to a later page what belongs there", async () => {
    const server = new Server(many(80));
    const listing = await opened(server, CALLABLE, false);
    happens(server, listing, row("new", { expiresAt: at(500) }));
    expect(listing.state.ids).toHaveLength(50);
    server.list.push(row("new", { expiresAt: at(500) }));
    listing.loadMore();
    await vi.waitFor(() => expect(listing.state.ids).toHaveLength(81));
    expect(listing.state.more).toBe(false);
  });

  test("does not forget what it heard while a page was on its way", async () => {
    const server = new Server(many(3));
    const listing = await opened(server, CALLABLE, false);
    const { coming, letGo } = held();
    const old = await server.fetch("", { body: JSON.stringify({ variables: { first: 50 } }) });
    server.instead.push(() => coming);
    listing.reload();
    happens(server, listing, row("new", { expiresAt: at(9) }));
    happens(server, listing, row("2", { status: "REVOKED", canCall: BLOCKED }), { status: "REVOKED" });
    letGo(old); // as it was before
    await vi.waitFor(() => expect(listing.state.loading).toBe(false));
    expect(listing.state.ids).toEqual(["0", "1", "new"]);
    expect(server.kept.get("2")?.status).toBe("REVOKED");
  });

  test("asks again where nobody can say what has changed: once for a crowd", async () => {
    const server = new Server(many(3));
    const listing = await opened(server, CALLABLE, false);
    server.list = many(2);
    for (let times = 0; times < 100; times += 1) {
      listing.heard([change(null, { kind: "CUSTOMER", cause: "UPDATED", status: "DELETED" })]);
    }
    await vi.waitFor(() => expect(listing.state.ids).toEqual(["0", "1"]), 5000);
    expect(server.asked).toHaveLength(2);
  });
});

describe("a calm list", () => {
  test("says nothing where an answer moves no row: in the order of their age, without a filter", async () => {
    const server = new Server(many(60));
    const listing = await opened(server, NEWEST, true);
    happens(server, listing, row("59", { status: "REVOKED" }), { status: "REVOKED" });
    happens(server, listing, row("3", { status: "REVOKED" }), { status: "REVOKED" }); // further down than is loaded
    expect(listing.state).toMatchObject({ stale: false, left: new Set() });
  });

  test("says so when somebody new belongs into it, until it is read again", async () => {
    const server = new Server(many(2));
    const listing = await opened(server, NEWEST, true);
    const added = row("new");
    listing.heard([change(added.customer, { kind: "CUSTOMER", cause: "CREATED" })]);
    expect(listing.state).toMatchObject({ stale: true, ids: ["1", "0"] });
    server.list.push(added);
    listing.reload();
    await vi.waitFor(() => expect(listing.state.ids).toEqual(["new", "1", "0"]));
    expect(listing.state.stale).toBe(false);
  });

  test.each([
    ["whom a filter leaves out", ALLOWED],
    ["who comes with a later page", { ...NEWEST, backwards: false }],
  ] as const)("says nothing of somebody new %s", async (_, wanted) => {
    const server = new Server(many(60));
    const listing = await opened(server, wanted, true);
    listing.heard([change(row("new").customer, { kind: "CUSTOMER", cause: "CREATED" })]);
    expect(listing.state.stale).toBe(false);
  });

  test("leaves a row that no longer fits where it is, and marks it, until it fits again", async () => {
    const server = new Server(many(2));
    const listing = await opened(server, ALLOWED, true);
    happens(server, listing, row("0", { status: "REVOKED" }), { previousStatus: "TEMPORARY", status: "REVOKED" });
    expect(listing.state).toMatchObject({ stale: true, ids: ["1", "0"], left: new Set(["0"]) });
    happens(server, listing, row("0"), { previousStatus: "REVOKED" });
    expect(listing.state.left).toEqual(new Set());
  });

  test("says so when a row came that was not there, and not when one of another page was only told of", async () => {
    const server = new Server(many(60));
    const listing = await opened(server, ALLOWED, true);
    happens(server, listing, row("3"), { kind: "PERMISSION_REQUEST", previousStatus: "SENT", status: "READ" });
    expect(listing.state.stale).toBe(false);
    happens(server, listing, row("elsewhere"), { previousStatus: "REQUESTED" });
    expect(listing.state.stale).toBe(true);
  });

  test("shows the first who comes by itself: where nobody was, nobody's place is lost", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const server = new Server([]);
    const listing = await opened(server, ALLOWED, true);
    server.list.push(row("first"));
    happens(server, listing, row("first"), { previousStatus: "REQUESTED" });
    await vi.advanceTimersByTimeAsync(1000);
    await vi.waitFor(() => expect(listing.state.ids).toEqual(["first"]));
    expect(listing.state.stale).toBe(false);
  });

  test("keeps what it shows while other wishes are on their way", async () => {
    const server = new Server(many(2));
    const listing = await opened(server, NEWEST, true);
    const { coming, letGo } = held();
    server.instead.push(() => coming);
    listing.want(ALLOWED);
    happens(server, listing, row("0", { status: "REVOKED" }), { status: "REVOKED" });
    expect(listing.state).toMatchObject({ loading: true, ids: ["1", "0"], left: new Set() });
    letGo(await new Server([row("1"), row("0")]).fetch("", { body: JSON.stringify({ variables: { first: 50 } }) }));
    await vi.waitFor(() => expect(listing.state.loading).toBe(false));
    expect(server.asked).toHaveLength(2);
  });
});

test("a page that could not be read is asked for again, and nothing that is shown is lost by that", async () => {
  const server = new Server(many(120));
  const listing = await opened(server, CALLABLE, false);
  server.instead.push(() => Promise.reject(new TypeError("Failed to fetch")));
  listing.loadMore();
  await vi.waitFor(() => expect(listing.state.error).not.toBeNull());
  expect(listing.state.ids).toHaveLength(50);
  listing.loadMore();
  await vi.waitFor(() => expect(listing.state.ids).toHaveLength(120));
  expect(listing.state.error).toBeNull();
});
