/** The server's clock, as far as its answers tell: what runs out runs out by that one. */

const COARSE = 2000; // ms that a Date header may lag behind: it has no milliseconds, and is written once a second

// The server is ahead of this machine by no less and no more than this, in ms: each answer narrows it.
let least = Number.NEGATIVE_INFINITY;
let most = Number.POSITIVE_INFINITY;

/** Learns from the Date header of what was asked at one moment and came at another, in ms by this machine's clock. */
export function learn(date: string | null, askedAt: number, cameAt: number): void {
  const told = Date.parse(date ?? "");
  if (Number.isNaN(told)) return;
  const [atLeast, atMost] = [told - cameAt, told + COARSE - askedAt];
  least = Math.max(least, atLeast);
  most = Math.min(most, atMost);
  if (least > most) [least, most] = [atLeast, atMost]; // one of the clocks was set meanwhile
}

/** Milliseconds since 1970 by the server's clock; by this machine's while no answer has shown the two to differ. */
export function serverNow(): number {
  const differ = least > 0 || most < 0;
  return Date.now() + (differ ? (least + most) / 2 : 0);
}
