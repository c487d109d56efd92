import "@mantine/notifications/styles.css";

import { Notifications, notifications } from "@mantine/notifications";
import type { ReactNode } from "react";

/** The corner in which is shown what is told. */
export default function Corner(): ReactNode {
  return (
    <Notifications
      position="top-right"
      limit={4}
      containerWidth={340}
      styles={{ root: { marginTop: 52, marginRight: "var(--dock, 0px)" } }}
    />
  );
}

export function show(message: ReactNode, color?: "red" | "leaf" | "gray"): void {
  notifications.show({ message, role: "status", withBorder: true, ...(color && { color }) });
}
