import { type ComponentType, useCallback, useState } from "react";

/**
 * A component that is brought when it is first wanted, and null until then: what stands in its place stays there, and
 * keeps the focus, while it is on its way.
 */
export function useLate<Props>(
  bring: () => Promise<{ default: ComponentType<Props> }>,
): [here: ComponentType<Props> | null, want: () => void] {
  const [here, setHere] = useState<ComponentType<Props> | null>(null);
  const want = useCallback(() => {
    bring().then(
      (brought) => setHere(() => brought.default),
      (error: unknown) =>
        setHere(() => {
          throw error; // while it is drawn, so that the page says that it is broken
        }),
    );
  }, [bring]);
  return [here, want];
}
