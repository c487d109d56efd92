import { useEffect, useMemo, useSyncExternalStore } from "react";

import { faultText } from "./answers";
import { type Change, type Desk, rowOf, useDesk } from "./desk";
import type { PermissionRequestFilter, PermissionRequestStatus, RequestRowFragment } from "./gql/graphql";
import { Rows } from "./ground/rows";
import { Watched } from "./ground/watched";
import { HowManyRequests, Requests } from "./pages/Requests.graphql";

export type Request = RequestRowFragment;

export const VIEWS = ["pending", "allowed", "declined", "unanswered", "failed", "all"] as const;
export type View = (typeof VIEWS)[number];

const PENDING: PermissionRequestStatus[] = ["QUEUED", "SENT", "DELIVERED", "READ"];
const OVER: PermissionRequestStatus[] = ["EXPIRED", "SUPERSEDED"];

export const FILTERS: Record<View, PermissionRequestFilter> = {
  pending: { statuses: PENDING },
  allowed: { answers: ["TEMPORARY", "PERMANENT"] },
  declined: { answers: ["DECLINED"] },
  unanswered: { statuses: OVER, answered: false },
  failed: { statuses: ["FAILED"] },
  all: {},
};

/** Whether a request belongs in a view, as the server would tell. */
export function isIn(view: View, { status, answer }: Pick<Request, "status" | "answer">): boolean {
  const { statuses, answers, answered } = FILTERS[view];
  if (statuses && !statuses.includes(status)) return false;
  if (answers && (answer === null || !answers.includes(answer))) return false;
  return typeof answered !== "boolean" || (answer !== null) === answered;
}

/** The ids of requests, newest first, with another one put where it belongs: after all of them only where no page follows. */
export function inserted(
  ids: readonly string[],
  id: string,
  queuedAt: (id: string) => string,
  more: boolean,
): readonly string[] {
  if (ids.includes(id)) return ids;
  const place = ids.findIndex((other) => Date.parse(queuedAt(other)) < Date.parse(queuedAt(id)));
  if (place >= 0) return ids.toSpliced(place, 0, id);
  return more ? ids : [...ids, id];
}

/** The request that something happened to, as it is now; null where it happened to something else. */
export function requestOf({ node }: Change): Request | null {
  return node?.__typename === "PermissionRequest" ? { ...node, status: node.requestStatus } : null;
}

const PAGE = 100;
const SOON = 1000; // ms: what asks for another reading often comes in crowds

export interface Requested {
  ids: readonly string[];
  /** How many there are in all; null while that is not known. */
  total: number | null;
  cursor: string | null;
  more: boolean;
  loading: boolean;
  error: string | null;
}

const NOTHING: Requested = { ids: [], total: null, cursor: null, more: false, loading: true, error: null };

/**
 * The requests of a view, newest first, kept true by what is heard of them: new ones come up, and those that no longer
 * belong go. What cannot be told from that is asked again: how many there are where some were never seen here, and all
 * of it where a customer was deleted.
 */
export class RequestListing extends Watched<Requested> {
  readonly rows = new Rows<Request>();
  #known = new Set<string>(); // those that were read or heard of since the list was read from its beginning
  #reading: (() => void) | null = null; // ends it
  #later: Change[] = []; // heard while a page was on its way, which may be older than that
  #heard = 0; // how much was heard so far
  #counting: (() => void) | null = null; // ends it
  #again: number | undefined;

  constructor(
    private readonly desk: Pick<Desk, "client" | "rows">,
    private readonly view: View,
    private readonly number: string,
  ) {
    super(NOTHING);
  }

  reload = (): void => this.#read(null);

  loadMore = (): void => {
    const { more, loading, cursor } = this.state;
    if (more && !loading && cursor !== null) this.#read(cursor);
  };

  /** Stops asking. */
  close(): void {
    this.#reading?.();
    this.#reading = null;
    this.#counting?.();
    this.#counting = null;
    clearTimeout(this.#again);
    this.#again = undefined;
  }

  heard = (changes: readonly Change[]): void => {
    if (this.#reading) this.#later.push(...changes);
    if (this.state.total === null) return; // nothing was read yet
    let state = this.state;
    for (const change of changes) {
      const request = requestOf(change);
      if (request?.callPermission.businessNumber.id === this.number) state = this.#placed(state, request, change);
      else if (change.kind === "CUSTOMER" && change.node === null) this.#outOfDate(); // nobody can say whose they were
    }
    if (state === this.state) return;
    this.turn(state.more ? state : { ...state, total: state.ids.length });
    if (state.more && state.ids.length < PAGE / 2) this.loadMore();
  };

  #placed(state: Requested, request: Request, { previousStatus }: Change): Requested {
    const { id } = request;
    this.#heard += 1;
    const before = this.#known.has(id) ? this.rows.get(id) : undefined;
    this.#known.add(id);
    this.rows.change(request);
    const is = isIn(this.view, request);
    const was = before ? isIn(this.view, before) : this.view === "all" && previousStatus !== null;
    if (!before && previousStatus !== null && this.view !== "all")
      this.#count(); // it may have been among those not read
    else if (state.total !== null) state = { ...state, total: state.total + Number(is) - Number(was) };
    const others = is ? state.ids : state.ids.filter((other) => other !== id);
    const ids = is ? inserted(others, id, (other) => this.rows.get(other)?.queuedAt ?? "", state.more) : others;
    return { ...state, ids };
  }

  /** Asks once more how many there are, where pages that were never read may have changed. */
  #count(): void {
    if (this.#counting || !this.state.more) return;
    const timer = setTimeout(() => {
      const heard = this.#heard;
      const asked = this.desk.client.query(HowManyRequests, { filter: this.#filter() });
      const counting = asked.subscribe(({ data }) => {
        this.#counting?.();
        this.#counting = null;
        if (data && this.state.more) this.turn({ ...this.state, total: data.permissionRequests.totalCount });
        if (heard !== this.#heard) this.#count(); // what was heard meanwhile may be in it already, or not
      });
      this.#counting = () => counting.unsubscribe();
    }, SOON);
    this.#counting = () => clearTimeout(timer);
  }

  #outOfDate(): void {
    this.#again ??= window.setTimeout(() => this.#read(null), SOON);
  }

  #filter(): PermissionRequestFilter {
    return { ...FILTERS[this.view], businessNumberId: this.number };
  }

  #read(after: string | null): void {
    this.close();
    this.#later = [];
    this.turn({ ...this.state, loading: true, error: null });
    const asked = this.desk.client.query(Requests, { filter: this.#filter(), first: PAGE, after });
    const reading = asked.subscribe(({ data, error }) => {
      this.#reading?.();
      this.#reading = null;
      if (!data) {
        this.turn({ ...this.state, loading: false, error: faultText(error) });
        return;
      }
      const { nodes, pageInfo, totalCount } = data.permissionRequests;
      const found = nodes.map((request) => request.id);
      if (after === null) this.#known = new Set();
      found.forEach((id) => this.#known.add(id));
      this.rows.put(nodes);
      const heard = this.#later.flatMap((change) => rowOf(change) ?? []);
      this.desk.rows.put([...nodes.map((request) => request.callPermission), ...heard]);
      const kept = after === null ? [] : this.state.ids;
      this.turn({
        ids: [...kept, ...found.filter((id) => !kept.includes(id))],
        total: totalCount,
        cursor: pageInfo.endCursor ?? null,
        more: pageInfo.hasNextPage,
        loading: false,
        error: null,
      });
      this.heard(this.#later);
    });
    this.#reading = () => reading.unsubscribe();
  }
}

export interface RequestsOfView extends Requested {
  rows: Rows<Request>;
  loadMore: () => void;
  reload: () => void;
}

/** The requests of a view, kept true. */
export function useRequests(view: View, number: string): RequestsOfView {
  const { client, rows, hear, reading } = useDesk();
  const listing = useMemo(() => new RequestListing({ client, rows }, view, number), [client, rows, view, number]);
  const state = useSyncExternalStore(listing.watch, () => listing.state);
  useEffect(() => hear(listing.heard), [hear, listing]);
  useEffect(() => {
    listing.reload();
    return () => listing.close();
  }, [listing, reading]);
  return { ...state, rows: listing.rows, loadMore: listing.loadMore, reload: listing.reload };
}
