import { useCallback, useEffect, useRef, useState } from "react";

import { faultText } from "./answers";
import { useDesk, useNews } from "./desk";
import type { PermissionRequestFilter, PermissionRequestStatus, RequestRowFragment } from "./gql/graphql";
import { Rows } from "./ground/rows";
import { Requests, RequestsById } from "./pages/Requests.graphql";

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

/** The ids of requests, newest first, with another one put where it belongs. */
export function inserted(ids: readonly string[], id: string, queuedAt: (id: string) => string): readonly string[] {
  if (ids.includes(id)) return ids;
  const found = ids.findIndex((other) => Date.parse(queuedAt(other)) < Date.parse(queuedAt(id)));
  return found === -1 ? [...ids, id] : [...ids.slice(0, found), id, ...ids.slice(found)];
}

const PAGE = 100;
const SOON = 300; // ms in which many changes are one look

interface State {
  ids: readonly string[];
  total: number | null;
  cursor: string | null;
  more: boolean;
  loading: boolean;
  error: string | null;
}

const NOTHING: State = { ids: [], total: null, cursor: null, more: false, loading: true, error: null };

export interface RequestListing extends State {
  rows: Rows<Request>;
  loadMore: () => void;
  reload: () => void;
}

/** The requests of a view, kept true: new ones come up, and those that no longer belong go. */
export function useRequests(view: View, number: string): RequestListing {
  const { client, rows: permissions, reading } = useDesk();
  const [rows] = useState(() => new Rows<Request>());
  const [state, setState] = useState<State>(NOTHING);
  const asked = useRef(0);
  const latest = useRef(state);
  useEffect(() => {
    latest.current = state;
  });

  const read = useCallback(
    async (after: string | null) => {
      const mine = ++asked.current;
      setState((before) => ({ ...(after === null ? { ...before, error: null } : before), loading: true }));
      const filter = { ...FILTERS[view], businessNumberId: number };
      const { data, error } = await client.query(Requests, { filter, first: PAGE, after }).toPromise();
      if (mine !== asked.current) return;
      if (!data) {
        setState((before) => ({ ...before, loading: false, error: faultText(error) }));
        return;
      }
      const { nodes, pageInfo, totalCount } = data.permissionRequests;
      rows.put(nodes);
      permissions.put(nodes.map((request) => request.callPermission));
      const found = nodes.map((request) => request.id);
      setState((before) => ({
        ids: after === null ? found : [...before.ids, ...found.filter((id) => !before.ids.includes(id))],
        total: totalCount,
        cursor: pageInfo.endCursor ?? null,
        more: pageInfo.hasNextPage,
        loading: false,
        error: null,
      }));
    },
    [client, number, permissions, rows, view],
  );
  useEffect(() => {
    setState(NOTHING);
    void read(null);
  }, [read, reading]);

  const heard = useRef(new Set<string>());
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const look = async (): Promise<void> => {
    timer.current = undefined;
    const ids = [...heard.current].slice(0, PAGE);
    heard.current.clear();
    const mine = asked.current;
    const filter = { ...FILTERS[view], businessNumberId: number };
    const { data } = await client.query(RequestsById, { ids, filter }).toPromise();
    if (!data || mine !== asked.current) return;
    const found = data.nodes.flatMap((node) => (node?.__typename === "PermissionRequest" ? [node] : []));
    const own = found.filter((request) => request.callPermission.businessNumber.id === number);
    own.forEach((request) => rows.change(request));
    const queuedAt = (id: string): string => rows.get(id)?.queuedAt ?? "";
    const fresh = own.filter((request) => isIn(view, request)).map((request) => request.id);
    const gone = new Set(own.filter((request) => !isIn(view, request)).map((request) => request.id));
    setState((before) => ({
      ...before,
      total: data.permissionRequests.totalCount,
      ids: fresh.reduce<readonly string[]>(
        (ids, id) => inserted(ids, id, queuedAt),
        before.ids.filter((id) => !gone.has(id)),
      ),
    }));
  };
  useNews((changes) => {
    for (const { node } of changes) if (node?.__typename === "PermissionRequest") heard.current.add(node.id);
    if (heard.current.size > 0) timer.current ??= window.setTimeout(() => void look(), SOON);
  });

  const loadMore = useCallback(() => {
    const { more, loading, cursor } = latest.current;
    if (more && !loading && cursor !== null) void read(cursor);
  }, [read]);
  const reload = useCallback(() => void read(null), [read]);
  return { ...state, rows, loadMore, reload };
}
