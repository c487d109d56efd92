import { act, cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { type Client, CombinedError, Provider, type TypedDocumentNode } from "urql";
import { afterEach, expect, test } from "vitest";

import { type Reading, useReading } from "./reading";

interface Data {
  endpoints: string;
}

const DOCUMENT = {} as TypedDocumentNode<Data, { first: number }>; // nobody reads it here
const LOST = new CombinedError({ networkError: new TypeError("Failed to fetch") });

interface Asked {
  first: number;
  says: (answer: { data?: Data; error?: CombinedError }) => Promise<void>;
}

let asked: Asked[] = [];
const client = {
  query: (_: unknown, { first }: { first: number }) => ({
    toPromise: () =>
      new Promise((resolve) => {
        const says: Asked["says"] = (answer) =>
          act(async () => {
            resolve(answer);
            await Promise.resolve();
          });
        asked.push({ first, says });
      }),
  }),
} as unknown as Client;

afterEach(() => {
  cleanup();
  asked = [];
});

function read(): { of: () => Reading<Data>; want: (first: number) => void } {
  const wrapper = ({ children }: { children: ReactNode }): ReactNode => <Provider value={client}>{children}</Provider>;
  const { result, rerender } = renderHook(({ first }) => useReading(DOCUMENT, { first }), {
    wrapper,
    initialProps: { first: 1 },
  });
  return { of: () => result.current, want: (first) => rerender({ first }) };
}

const says = async (which: number, endpoints: string): Promise<void> => asked[which]?.says({ data: { endpoints } });

test("what was asked later is not taken back by an answer to what was asked before", async () => {
  const { of } = read();
  act(() => of().again());
  await says(1, "gone");
  expect(of().data?.endpoints).toBe("gone");
  await says(0, "still there");
  expect(of().data?.endpoints).toBe("gone");
});

test("an earlier answer is shown until the later one comes, so that much news keeps nobody waiting", async () => {
  const { of } = read();
  act(() => of().again());
  await says(0, "first");
  expect(of().data?.endpoints).toBe("first");
  await says(1, "second");
  expect(of().data?.endpoints).toBe("second");
});

test("where the line is lost, what was read stays, and it is said", async () => {
  const { of } = read();
  await says(0, "first");
  act(() => of().again());
  await asked[1]?.says({ error: LOST });
  expect(of()).toMatchObject({ data: { endpoints: "first" }, error: LOST });
});

test("an answer to another wish is not taken", async () => {
  const { of, want } = read();
  want(2);
  await says(0, "one");
  expect(of().data).toBeUndefined();
  await says(1, "two");
  expect(of().data?.endpoints).toBe("two");
  expect(asked.map(({ first }) => first)).toEqual([1, 2]);
});
