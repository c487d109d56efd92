import { useCallback, useEffect, useRef, useState } from "react";

import { faultText } from "./answers";
import { type Change, rowOf, useDesk, useNews } from "./desk";
import type { OneCustomerQuery } from "./gql/graphql";
import { useNumber } from "./number";
import { OneCustomer } from "./pages/Customer.graphql";

export type Seen = NonNullable<OneCustomerQuery["customer"]>;
type Line = Seen["history"]["nodes"][number];

interface Log {
  lines: readonly Line[];
  /** Where the oldest page ends; null where there is nothing older. */
  end: string | null;
}

export interface CustomerRead {
  /** undefined while nothing was read; null where there is nobody. */
  seen: Seen | null | undefined;
  lines: readonly Line[];
  error: string | null;
  again: () => void;
  /** Whether there are older lines than these. */
  more: boolean;
  readMore: () => Promise<void>;
}

const SOON = 150; // ms in which several changes are one more reading

/** One customer with all that happened, kept true: read again after whatever happens to them. */
export function useCustomer(id: string): CustomerRead {
  const { client, rows, reading } = useDesk();
  const [number] = useNumber();
  const [seen, setSeen] = useState<Seen | null | undefined>(undefined);
  const [log, setLog] = useState<Log>({ lines: [], end: null });
  const [error, setError] = useState<string | null>(null);

  const asked = useRef(0);
  const shown = useRef(0); // which of the readings: answers come in any order
  const read = useCallback(
    async (after: string | null) => {
      const mine = ++asked.current;
      const { version } = rows;
      const variables = { id, number: number.id, historyAfter: after };
      const { data, error } = await client.query(OneCustomer, variables).toPromise();
      const customer = data?.customer;
      if (mine > shown.current) {
        shown.current = mine;
        setError(data ? null : faultText(error));
        const permission = customer?.callPermission;
        if (permission && !rows.changedSince(permission.id, version)) rows.put([permission]);
        if (data) setSeen(customer ?? null);
      } else if (after === null) return;
      if (customer) setLog((before) => joined(before, customer.history, after));
    },
    [client, id, number.id, rows],
  );
  useEffect(() => void read(null), [read, reading]);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useNews((changes) => {
    if (!changes.some((change) => isAbout(change, id))) return;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      void read(null);
    }, SOON);
  });

  const again = useCallback(() => void read(null), [read]);
  const readMore = useCallback(() => (log.end === null ? Promise.resolve() : read(log.end)), [log.end, read]);
  return { seen, lines: log.lines, error, again, more: log.end !== null, readMore };
}

/** What was read so far with one more page: the older one that was asked for at its end, or the newest at its beginning. */
function joined(before: Log, page: Seen["history"], after: string | null): Log {
  const end = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  const known = new Set(page.nodes.map((line) => line.cursor));
  const others = before.lines.filter((line) => !known.has(line.cursor));
  if (after !== null) return after === before.end ? { lines: [...others, ...page.nodes], end } : before;
  // Where the newest page no longer reaches what was read before, there would be a hole between them.
  const reaches = others.length < before.lines.length;
  return reaches ? { lines: [...page.nodes, ...others], end: before.end } : { lines: page.nodes, end };
}

function isAbout(change: Change, id: string): boolean {
  if (change.node?.__typename === "Customer") return change.node.id === id;
  if (change.kind === "CUSTOMER" && change.node === null) return true; // somebody was deleted: perhaps this one
  return rowOf(change)?.customer.id === id;
}
