/** What a permission lets happen at a moment: the server's verdict, carried on until it says something new. */

export interface Way {
  allowed: boolean;
  blockers: readonly { code: string; availableAt: string | null }[];
}

export interface Standing {
  status: string;
  expiresAt: string | null;
  canCall: Way;
}

const NEVER = Number.POSITIVE_INFINITY;

/** The millisecond from which nothing stands in the way, 0 where nothing does; infinite where waiting alone does not help. */
export function opensAt(way: Way): number {
  if (way.allowed) return 0;
  if (way.blockers.length === 0) return NEVER;
  return Math.max(...way.blockers.map(({ availableAt }) => (availableAt === null ? NEVER : Date.parse(availableAt))));
}

/** The millisecond at which calls are allowed no longer; infinite for a permission without an end. */
export function endsAt({ status, expiresAt }: Pick<Standing, "status" | "expiresAt">): number {
  if (status === "PERMANENT") return NEVER;
  return status === "TEMPORARY" && expiresAt !== null ? Date.parse(expiresAt) : 0;
}

/** What a permission is at `now`: one that has run out is no longer told as given, even before the server says so. */
export function statusAt<Status extends string>(
  row: { status: Status; expiresAt: string | null },
  now: number,
): Status | "EXPIRED" {
  return row.status === "TEMPORARY" && now >= endsAt(row) ? "EXPIRED" : row.status;
}

/** Whether nothing stands in the way at `now`, as far as was known when the server spoke last. */
export function opened(way: Way, now: number): boolean {
  return opensAt(way) <= now;
}

export function callable(row: Standing, now: number): boolean {
  return opened(row.canCall, now) && now < endsAt(row);
}

/** The millisecond at which a customer who may not be rung may be rung by itself; null where that does not come. */
export function callableFrom(row: Standing): number | null {
  const from = opensAt(row.canCall);
  return from < endsAt(row) && Number.isFinite(from) ? from : null;
}

interface Called extends Standing {
  grantedAt: string | null;
  latestCall?: { direction: string; endedAt: string | null } | null;
}

/** Whether the business has rung them today and is done, so that it is somebody else's turn. */
export function calledToday(row: Called, now: number): boolean {
  const ended = row.latestCall?.endedAt;
  if (!ended || row.latestCall?.direction !== "BUSINESS_INITIATED") return false;
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const at = Date.parse(ended);
  return at >= midnight && !(row.grantedAt !== null && Date.parse(row.grantedAt) > at);
}
