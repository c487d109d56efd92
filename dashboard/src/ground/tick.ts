import { useCallback, useSyncExternalStore } from "react";

import { serverNow } from "./clock";

// One timer for everything on the page that counts seconds: they change together, and only while somebody looks.
const watchers = new Set<() => void>();
let timer: number | undefined;
let now = serverNow();

function beat(): void {
  now = serverNow();
  watchers.forEach((watcher) => watcher());
  timer = window.setTimeout(beat, 1000 - (now % 1000) + 5);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  if (timer === undefined) {
    now = serverNow();
    timer = window.setTimeout(beat, 1000 - (now % 1000) + 5);
  }
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  };
}

/** The server's time in milliseconds, to the second, drawn again as it passes. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

/** What follows from the time: drawn again only when that changes, so it has to be a word, a number or a yes or no. */
export function useAt<Told extends string | number | boolean | null>(told: (now: number) => Told): Told {
  return useSyncExternalStore(
    watch,
    useCallback(() => told(now), [told]),
  );
}
