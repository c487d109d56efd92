/** What happened to a customer, told as a person would: a call is one thing, however many steps it had. */

export interface Logged {
  cursor: string;
  kind: string;
  cause: string;
  occurredAt: string;
  actor: string | null;
  previousStatus: string | null;
  status: string | null;
  node: { __typename: string; id: string } | null;
}

export const KINDS = ["call", "request", "permission", "details"] as const;
export type Kind = (typeof KINDS)[number];

/** One thing that happened, with its lines of the log, oldest first. */
export interface Entry<Line extends Logged> {
  key: string;
  kind: Kind;
  /** When it last moved: where it stands among the others. */
  at: string;
  lines: Line[];
}

const KIND: Partial<Record<string, Kind>> = {
  CALL: "call",
  PERMISSION_REQUEST: "request",
  CALL_PERMISSION: "permission",
  CUSTOMER: "details",
};
const WITH_A_REQUEST = ["REQUESTED", "MESSAGE_STATUS", "CUSTOMER_ANSWERED", "SUPERSEDED", "RAN_OUT", "WHATSAPP"];

/** Makes entries of the lines of a log, which come newest first; so do the entries. */
export function entriesOf<Line extends Logged>(log: readonly Line[]): Entry<Line>[] {
  const requests = new Set(
    log.filter((line) => line.kind === "PERMISSION_REQUEST").map((line) => `${line.cause} ${line.occurredAt}`),
  );
  const entries = new Map<string, Entry<Line>>();
  for (const line of log) {
    const kind = KIND[line.kind];
    if (kind === undefined || isEcho(line, requests)) continue;
    const one = (kind === "call" || kind === "request") && line.node !== null;
    const key = one && line.node ? line.node.id : line.cursor;
    const entry = entries.get(key);
    if (entry) entry.lines.unshift(line);
    else entries.set(key, { key, kind, at: line.occurredAt, lines: [line] });
  }
  return [...entries.values()];
}

/** Whether a line only says what another line says better. */
function isEcho(line: Logged, requests: ReadonlySet<string>): boolean {
  if (line.kind === "PERMISSION_REQUEST") {
    // The answer stands; that it can no longer be changed, or that a newer request was made, is no news of it.
    return line.previousStatus === "ANSWERED" && line.status !== "ANSWERED";
  }
  if (line.kind !== "CALL_PERMISSION" || !WITH_A_REQUEST.includes(line.cause)) return false;
  // A permission that moved with its request: a permission's own end is never told by a request.
  if (line.cause === "RAN_OUT") return line.previousStatus === "REQUESTED";
  return requests.has(`${line.cause} ${line.occurredAt}`);
}

export interface Day<Each> {
  /** The first entry's moment, to be written as a day. */
  at: string;
  entries: Each[];
}

/** Puts entries under the days on which they last moved, by the reader's own clock. */
export function byDay<Each extends { at: string }>(entries: readonly Each[]): Day<Each>[] {
  const days: Day<Each>[] = [];
  for (const entry of entries) {
    const last = days.at(-1);
    if (last && dayOf(last.at) === dayOf(entry.at)) last.entries.push(entry);
    else days.push({ at: entry.at, entries: [entry] });
  }
  return days;
}

function dayOf(iso: string): string {
  return new Date(iso).toDateString();
}
