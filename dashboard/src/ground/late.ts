import { type ComponentType, useCallback, useEffect, useState } from "react";

export type Bring<Props> = () => Promise<{ default: ComponentType<Props> }>;

const QUIET = 10_000; // ms after which whoever has come is through with what they came for

const wanted = new Set<() => Promise<unknown>>();

/** Lets a part of the page be brought in a quiet moment too, not only when somebody first reaches for it. */
export function ahead<Props>(bring: Bring<Props>): Bring<Props> {
  wanted.add(bring);
  return bring;
}

/** Brings all of that once it is quiet: when somebody reaches for it the server may be away, or have another build. */
export function useAhead(): void {
  useEffect(() => {
    const timer = window.setTimeout(() => void bringAll(), QUIET);
    return () => clearTimeout(timer);
  }, []);
}

async function bringAll(): Promise<void> {
  try {
    for (const bring of wanted) await bring();
  } catch {
    // Then it is brought when somebody reaches for it.
  }
}

/**
 * A component that is brought when it is first wanted, and null until then: what stands in its place stays there, and
 * keeps the focus, while it is on its way. Where it cannot be had just now, it is there to be wanted again.
 */
export function useLate<Props>(bring: Bring<Props>): [here: ComponentType<Props> | null, want: () => void] {
  const [here, setHere] = useState<ComponentType<Props> | null>(null);
  const want = useCallback(() => {
    bring().then(
      (brought) => setHere(() => brought.default),
      () => setHere(null),
    );
  }, [bring]);
  return [here, want];
}
