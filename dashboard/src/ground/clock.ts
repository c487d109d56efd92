/** The server's clock, as far as its answers tell: what runs out runs out by that one. */

let ahead = 0; // milliseconds that the server is ahead of this machine
let best = Number.POSITIVE_INFINITY; // milliseconds of the quickest answer so far: the surest one

/** Learns from an answer's Date header, which came back after `tookMs`. */
export function learn(date: string | null, tookMs: number): void {
  if (date === null || tookMs >= best) return;
  const told = Date.parse(date) + 500; // the header has no milliseconds: the middle of its second
  if (Number.isNaN(told)) return;
  const difference = told + tookMs / 2 - Date.now();
  best = tookMs;
  ahead = Math.abs(difference) < 1000 ? 0 : difference; // less than the header can tell is no difference
}

export function serverNow(): number {
  return Date.now() + ahead;
}
