import { type ReactNode, useSyncExternalStore } from "react";

let told = false;
const waiting = new Set<() => void>();

/** Says something in a corner of the page, and to those who listen when they have a moment. */
export function tell(message: ReactNode, color?: "red" | "leaf" | "gray"): void {
  told = true;
  for (const hear of waiting) hear();
  void import("./Corner").then(({ show }) => show(message, color));
}

/** Whether anything was said yet: what shows it is only brought then. */
export function useTold(): boolean {
  return useSyncExternalStore(listen, () => told);
}

function listen(hear: () => void): () => void {
  waiting.add(hear);
  return () => waiting.delete(hear);
}
