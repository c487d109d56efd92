import { useEffect, useRef } from "react";

import { type Change, useDesk, useNews } from "../../desk";

const PATIENCE_MS = 1000; // between two readings, however much happens

/**
 * Reads again whenever something on the page may no longer be so: on such news, when the line was interrupted, when
 * somebody looks at the page again, and every so often for what no news tells.
 */
export function useFresh(reread: () => void, tells: (change: Change) => boolean, everyMs?: number): void {
  const { reading } = useDesk();
  const latest = useRef(reread);
  useEffect(() => {
    latest.current = reread;
  });

  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useNews((changes) => {
    if (!changes.some(tells)) return;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      latest.current();
    }, PATIENCE_MS);
  });

  const first = useRef(reading);
  useEffect(() => {
    if (first.current !== reading) latest.current();
    first.current = reading;
  }, [reading]);

  useEffect(() => {
    const look = (): void => {
      if (!document.hidden) latest.current();
    };
    document.addEventListener("visibilitychange", look);
    const beat = everyMs === undefined ? undefined : window.setInterval(look, everyMs);
    return () => {
      document.removeEventListener("visibilitychange", look);
      clearInterval(beat);
    };
  }, [everyMs]);
}
