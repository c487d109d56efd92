import { useEffect, useMemo, useSyncExternalStore } from "react";

import type { Wanted } from "./belonging";
import { useDesk } from "./desk";
import { type Listed, Listing } from "./listing";

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
