import { act, cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { Client, Provider, fetchExchange } from "urql";
import { afterEach, expect, test, vi } from "vitest";

import type { ApiTokensQuery } from "../../gql/graphql";
import { answer } from "../../pretence";
import { ApiTokens } from "./Tokens.graphql";
import { type Paged, usePaged } from "./paging";

type Data = ApiTokensQuery;
type Token = Data["apiTokens"]["nodes"][number];

const PAGE = 2;
const PATIENCE = 20_000; // ms: a machine may have much else to do
vi.setConfig({ testTimeout: 3 * PATIENCE });
const tokensOf = (data: Data): Data["apiTokens"] => data.apiTokens;

let list: Pick<Token, "id">[];
let broken = false;
const asked: (string | null)[] = [];

const client = new Client({
  url: "http://maycall.test/graphql",
  exchanges: [fetchExchange],
  requestPolicy: "network-only",
  preferGetMethod: false,
  fetch: async (_, init) => {
    await Promise.resolve();
    if (broken) throw new TypeError("Failed to fetch");
    const { after } = (JSON.parse(init?.body as string) as { variables: { after: string | null } }).variables;
    asked.push(after);
    const begin = list.findIndex(({ id }) => id === after) + 1;
    const nodes = list.slice(begin, begin + PAGE);
    const pageInfo = { hasNextPage: begin + PAGE < list.length, endCursor: nodes.at(-1)?.id ?? null };
    return answer({ apiTokens: { nodes, pageInfo } });
  },
});

async function shown(): Promise<() => Paged<Data, Token>> {
  const { result } = renderHook(() => usePaged(ApiTokens, tokensOf), {
    wrapper: ({ children }: { children: ReactNode }) => <Provider value={client}>{children}</Provider>,
  });
  await vi.waitFor(() => expect(result.current.loading).toBe(false), PATIENCE);
  return () => result.current;
}

async function done(of: () => Paged<Data, Token>, press: "showMore" | "again"): Promise<string[]> {
  act(() => of()[press]());
  await vi.waitFor(() => expect(of().loading).toBe(false), PATIENCE);
  return of().nodes.map(({ id }) => id);
}

const named = (ids: string): Pick<Token, "id">[] => Array.from(ids, (id) => ({ id }));

afterEach(() => {
  cleanup();
  broken = false;
  asked.length = 0;
});

test("a list is read page by page, to its end", async () => {
  list = named("abcde");
  const of = await shown();
  expect(of().nodes.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(of().more).toBe(true);
  expect(await done(of, "showMore")).toEqual(["a", "b", "c", "d"]);
  expect(await done(of, "showMore")).toEqual(["a", "b", "c", "d", "e"]);
  expect(of().more).toBe(false);
  expect(asked).toEqual([null, "b", "d"]);
});

test("to read it again reads as many as are shown, with those that have come and without those that have gone", async () => {
  list = named("abcdef");
  const of = await shown();
  await done(of, "showMore");
  list = named("zacdef");
  expect(await done(of, "again")).toEqual(["z", "a", "c", "d"]);
  expect(of().more).toBe(true);
});

test("what cannot be read leaves what is shown, says so, and can be read again", async () => {
  list = named("abc");
  const of = await shown();
  broken = true;
  expect(await done(of, "again")).toEqual(["a", "b"]);
  expect(of().error?.message).toContain("Failed to fetch");
  broken = false;
  expect(await done(of, "again")).toEqual(["a", "b"]);
  expect(of().error).toBeUndefined();
});

test("what moved to the next page meanwhile is not shown twice", async () => {
  list = named("abcd");
  const of = await shown();
  list = named("abacd");
  expect(await done(of, "showMore")).toEqual(["a", "b", "c"]);
});
