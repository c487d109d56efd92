import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";

/** Says something in a corner of the page, and to those who listen when they have a moment. */
export function tell(message: ReactNode, color?: "red" | "leaf" | "gray"): void {
  notifications.show({ message, role: "status", withBorder: true, ...(color && { color }) });
}
