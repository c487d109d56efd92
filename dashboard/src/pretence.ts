/** For tests: rows as the server tells of them, what happens to them, and a server that has only those. */

import { Client, fetchExchange } from "@urql/core";

import type { Change, Row } from "./desk";
import { Rows } from "./ground/rows";

export const NUMBER = "number-1";

export function row(id: string, own: Partial<Row> = {}): Row {
  return {
    __typename: "CallPermission",
    id,
    status: "TEMPORARY",
    grantedAt: null,
    expiresAt: null,
    respondedAt: null,
    unansweredStreak: 0,
    customer: {
      __typename: "Customer",
      id: `customer-${id}`,
      name: `Customer ${id}`,
      phone: `+4915112345${id.padStart(3, "0")}`,
      externalId: null,
      tags: [],
      timezone: null,
    },
    businessNumber: { __typename: "BusinessNumber", id: NUMBER },
    latestRequest: null,
    latestCall: null,
    canCall: { __typename: "Eligibility", allowed: true, blockers: [], cautions: [] },
    canRequest: { __typename: "Eligibility", allowed: true, blockers: [] },
    ...own,
  };
}

let cursor = 0;

export function change(node: Change["node"], own: Partial<Change> = {}): Change {
  return {
    __typename: "Change",
    cursor: `cursor-${++cursor}`,
    kind: "CALL_PERMISSION",
    cause: "CUSTOMER_ANSWERED",
    occurredAt: "2026-11-20T12:00:00Z",
    actor: null,
    previousStatus: "REQUESTED",
    status: "TEMPORARY",
    node,
    ...own,
  };
}

interface Asked {
  operationName: string;
  variables: { first?: number; after?: string | null; last?: number; before?: string | null; ids?: string[] };
}

/** An answer that comes when it is let go. */
export function held(): { coming: Promise<Response>; letGo: (response: Response) => void } {
  let letGo: (response: Response) => void = () => undefined;
  const coming = new Promise<Response>((resolve) => {
    letGo = resolve;
  });
  return { coming, letGo };
}

/** A server whose list has these rows, whatever filter it is asked with. */
export class Server {
  readonly asked: Asked[] = [];
  readonly kept = new Rows<Row>();
  /** What it answers instead, once each: a refusal to be asked so much, a broken line. */
  readonly instead: (() => Response | Promise<Response>)[] = [];
  client: Client;

  constructor(public list: Row[]) {
    this.client = new Client({
      url: "http://maycall.test/graphql",
      exchanges: [fetchExchange],
      requestPolicy: "network-only",
      preferGetMethod: false,
      fetch: this.fetch,
    });
  }

  fetch = async (_: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const asked = JSON.parse(init?.body as string) as Asked;
    this.asked.push(asked);
    const instead = this.instead.shift();
    if (instead) return instead();
    const { first, after, last, before, ids } = asked.variables;
    if (ids) return answer({ nodes: ids.map((id) => this.list.find((each) => each.id === id) ?? null) });
    const end = before ? this.list.findIndex((each) => each.id === before) : this.list.length;
    const begin = after ? this.list.findIndex((each) => each.id === after) + 1 : 0;
    const nodes = last ? this.list.slice(0, end).slice(-last) : this.list.slice(begin, begin + (first ?? 10));
    const pageInfo = {
      hasNextPage: begin + nodes.length < this.list.length,
      hasPreviousPage: end - nodes.length > 0,
      startCursor: nodes[0]?.id ?? null,
      endCursor: nodes.at(-1)?.id ?? null,
    };
    return answer({ callPermissions: { nodes, pageInfo } });
  };
}

export function answer(data: unknown): Response {
  return Response.json({ data }, { headers: { "Content-Type": "application/graphql-response+json" } });
}

export function throttled(seconds: number): Response {
  const errors = [{ message: `Try again in ${seconds} s.`, extensions: { code: "THROTTLED", retryAfter: seconds } }];
  return Response.json({ data: null, errors }, { status: 429, headers: { "Retry-After": String(seconds) } });
}
