import { type ReactNode, useSyncExternalStore } from "react";

import { ahead } from "../ground/late";

export const corner = ahead(() => import("./Corner"));

let told = 0;
const waiting = new Set<() => void>();

/** Says something in a corner of the page, and to those who listen when they have a moment. */
export function tell(message: ReactNode, color?: "red" | "leaf" | "gray"): void {
  told += 1;
  for (const hear of waiting) hear();
  import("./Corner").then(
    ({ show }) => show(message, color),
    () => undefined, // the page says already that its server is away
  );
}

/** How often something was said. */
export function useTold(): number {
  return useSyncExternalStore(listen, () => told);
}

function listen(hear: () => void): () => void {
  waiting.add(hear);
  return () => waiting.delete(hear);
}
