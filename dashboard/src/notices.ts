import type { Change, Row } from "./desk";

const TELLS = { TEMPORARY: "allowed", PERMANENT: "always", DECLINED: "declined", REVOKED: "revoked" } as const;

export interface Notice {
  row: Row;
  how: (typeof TELLS)[keyof typeof TELLS];
}

/** What somebody should be told of: how customers have answered their requests. */
export function noticesOf(changes: readonly Change[], name: string): Notice[] {
  return changes.flatMap(({ cause, status, node }): Notice[] => {
    if (node?.__typename !== "CallPermission" || cause !== "CUSTOMER_ANSWERED") return [];
    if (node.latestRequest?.requestedBy !== name || status === null || !(status in TELLS)) return [];
    return [{ row: node, how: TELLS[status as keyof typeof TELLS] }];
  });
}
