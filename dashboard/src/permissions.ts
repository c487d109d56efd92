import { useEffect, useMemo, useState, useSyncExternalStore } from "react";

import type { Wanted } from "./belonging";
import { useDesk, useNews } from "./desk";
import type { CallPermissionFilter } from "./gql/graphql";
import { type Listed, Listing } from "./listing";
import { HowManyPermissions } from "./permissions.graphql";

export type { Wanted } from "./belonging";

export interface Permissions extends Listed {
  loadMore: () => void;
  reload: () => void;
}

/**
 * Pages of permissions, kept as ids; the rows are the desk's. A list that keeps itself true lets rows come and go as
 * they change; any other stays as it is until it is told to `reload`, and says when it is `stale`.
 */
export function usePermissions(wanted: Wanted, byItself = false): Permissions {
  const { client, rows, hear, waking, reading } = useDesk();
  const listing = useMemo(() => new Listing({ client, rows }, !byItself), [client, rows, byItself]);
  const listed = useSyncExternalStore(listing.watch, () => listing.state);
  const words = JSON.stringify(wanted);
  useEffect(() => hear(listing.heard), [hear, listing]);
  useEffect(() => waking.hear(listing.reread), [waking, listing]);
  useEffect(() => {
    listing.want(JSON.parse(words) as Wanted);
    return () => listing.close();
  }, [listing, words, reading]);
  return { ...listed, loadMore: listing.loadMore, reload: listing.reload };
}

/** The tags that were seen on customers so far, to choose from. */
export function useKnownTags(ids: readonly string[]): string[] {
  const { rows } = useDesk();
  return useMemo(() => {
    const seen = new Set(ids.flatMap((id) => rows.get(id)?.customer.tags ?? []));
    return [...seen].sort((one, other) => one.localeCompare(other));
  }, [ids, rows]);
}

/** How many there are in all; null until it is known, and while nobody wants to know. */
export function useTotal(filter: CallPermissionFilter, wanted = true): number | null {
  const { client, reading } = useDesk();
  const [total, setTotal] = useState<number | null>(null);
  const [turn, setTurn] = useState(0);
  const asked = JSON.stringify(filter);
  useNews((changes) => {
    if (changes.some((change) => change.kind === "CUSTOMER")) setTurn((before) => before + 1);
  });
  useEffect(() => {
    if (!wanted) return;
    let over = false;
    const timer = window.setTimeout(() => {
      void client
        .query(HowManyPermissions, { filter: JSON.parse(asked) as CallPermissionFilter })
        .toPromise()
        .then(({ data }) => {
          if (!over && data) setTotal(data.callPermissions.totalCount);
        });
    }, 300);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [client, asked, reading, turn, wanted]);
  return wanted ? total : null;
}
