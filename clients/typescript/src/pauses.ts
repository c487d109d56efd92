/** How long to wait before trying again: longer each time, and never all clients at once. */

const FIRST_MILLISECONDS = 250;
const LONGEST_MILLISECONDS = 30_000;

/** Gives the pause, in milliseconds, after so many tries that failed one after the other. */
export function pauseAfter(failed: number): number {
  const longest = Math.min(LONGEST_MILLISECONDS, FIRST_MILLISECONDS * 2 ** failed);
  return longest * (0.5 + Math.random() / 2);
}

/** Waits, or stops waiting when the signal is aborted. */
export async function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) {
      done();
    }
  });
}
