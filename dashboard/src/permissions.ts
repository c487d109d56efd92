import { useCallback, useEffect, useReducer, useRef } from "react";

import { faultText } from "./answers";
import { type Change, type Row, useDesk } from "./desk";
import type { CallPermissionFilter, CallPermissionOrder } from "./gql/graphql";
import { Permissions } from "./permissions.graphql";

const PAGE = 100;

interface State {
  ids: string[];
  cursor: string | null;
  more: boolean;
  loading: boolean;
  /** The server was asked once at least. */
  read: boolean;
  error: string | null;
  /** Something happened that may have changed which rows belong here. */
  stale: boolean;
}

const NOTHING: State = { ids: [], cursor: null, more: false, loading: true, read: false, error: null, stale: false };

type Doing =
  | { do: "begin"; anew: boolean }
  | { do: "fail"; message: string }
  | { do: "page"; anew: boolean; ids: string[]; cursor: string | null; more: boolean }
  | { do: "stale" };

function next(state: State, doing: Doing): State {
  switch (doing.do) {
    case "begin":
      return { ...state, loading: true, error: null };
    case "fail":
      return { ...state, loading: false, error: doing.message };
    case "page": {
      const known = new Set(doing.anew ? [] : state.ids);
      const ids = [...(doing.anew ? [] : state.ids), ...doing.ids.filter((id) => !known.has(id))];
      return {
        ...state,
        ids,
        cursor: doing.cursor,
        more: doing.more,
        loading: false,
        read: true,
        error: null,
        stale: doing.anew ? false : state.stale,
      };
    }
    case "stale":
      return { ...state, stale: true };
  }
}

export interface Listing extends State {
  loadMore: () => void;
  reload: () => void;
}

export interface Wanted {
  filter: CallPermissionFilter;
  orderBy: CallPermissionOrder;
  /** Newest first: the same pages, from the other end. */
  backwards?: boolean;
}

/** Pages of permissions, kept as ids; the rows are the desk's. Reads again by itself what a change may have moved. */
export function usePermissions({ filter, orderBy, backwards = false }: Wanted, byItself = false): Listing {
  const { client, rows, hear, reading } = useDesk();
  const [state, dispatch] = useReducer(next, NOTHING);
  const wanted = JSON.stringify({ filter, orderBy, backwards });
  const asked = useRef(0);
  const latest = useRef(state);
  useEffect(() => {
    latest.current = state;
  });

  const read = useCallback(
    async (after: string | null) => {
      const mine = ++asked.current;
      const anew = after === null;
      dispatch({ do: "begin", anew });
      const { filter, orderBy, backwards } = JSON.parse(wanted) as Required<Wanted>;
      const page = backwards ? { last: PAGE, before: after } : { first: PAGE, after };
      const { data, error } = await client.query(Permissions, { filter, orderBy, ...page }).toPromise();
      if (mine !== asked.current) return;
      if (!data) {
        dispatch({ do: "fail", message: faultText(error) });
        return;
      }
      const { nodes, pageInfo } = data.callPermissions;
      const found: Row[] = backwards ? [...nodes].reverse() : nodes;
      rows.put(found);
      dispatch({
        do: "page",
        anew,
        ids: found.map((row) => row.id),
        cursor: (backwards ? pageInfo.startCursor : pageInfo.endCursor) ?? null,
        more: backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage,
      });
    },
    [client, rows, wanted],
  );

  useEffect(() => void read(null), [read, reading]);

  // Not at each change: a hundred in a second are one more reading.
  useEffect(() => {
    let timer: number | undefined;
    const stop = hear((changes) => {
      if (!changes.some(moves)) return;
      if (!byItself || latest.current.ids.length > PAGE) {
        if (!latest.current.stale) dispatch({ do: "stale" });
        return;
      }
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void read(null);
      }, 700);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [hear, read, byItself]);

  const loadMore = useCallback(() => {
    const { more, loading, cursor } = latest.current;
    if (more && !loading && cursor !== null) void read(cursor);
  }, [read]);
  const reload = useCallback(() => void read(null), [read]);
  return { ...state, loadMore, reload };
}

function moves(change: Change): boolean {
  return change.kind === "CUSTOMER" || change.kind === "BUSINESS_NUMBER" || change.previousStatus !== change.status;
}
