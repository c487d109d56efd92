import type { RefObject } from "react";
import { useLocation } from "wouter";

import { type Row, useDesk } from "../desk";
import { serverNow } from "../ground/clock";
import { useKeys } from "../ground/keys";
import { callable, opened } from "../standing";
import type { GridHandle } from "./Grid";
import { useDoings } from "./doings";

/** Does what a key means to a row: `r` asks, `c` calls, as far as that may be done at this moment. */
export function useRowDoings(): Record<"r" | "c", (row: Row | undefined) => void> {
  const { may } = useDesk();
  const { ask, call } = useDoings();
  return {
    r: (row) => {
      if (row && opened(row.canRequest, serverNow()) && may("permissions:request")) ask(row);
    },
    c: (row) => {
      if (row && callable(row, serverNow()) && may("calls:write")) call(row);
    },
  };
}

/** The keys that are the same in every list of customers; what each row of it is about is told by its id. */
export function useRowKeys(
  grid: RefObject<GridHandle | null>,
  rowOf: (id: string) => Row | undefined,
  search: RefObject<HTMLInputElement | null> | null,
): (id: string) => void {
  const doing = useRowDoings();
  const [, go] = useLocation();
  const active = (): Row | undefined => rowOf(grid.current?.active() ?? "");
  useKeys({
    "/": () => search?.current?.focus(),
    j: () => grid.current?.move(1),
    k: () => grid.current?.move(-1),
    r: () => doing.r(active()),
    c: () => doing.c(active()),
  });
  return (id) => {
    const row = rowOf(id);
    if (row) go(`/customers/${row.customer.id}`);
  };
}
