import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { type Change, type Row, useDesk, useNews } from "../desk";
import { nameOf } from "./Buttons";

const TELLS = { TEMPORARY: "allowed", PERMANENT: "always", DECLINED: "declined", REVOKED: "revoked" } as const;

/** Tells the one who asked how the customer answered: on the page, and through the browser where it may. */
export function Notices(): ReactNode {
  const { t } = useTranslation();
  const { viewer } = useDesk();
  useNews((changes) => {
    const told = changes.flatMap((change) => answered(change, viewer.name) ?? []);
    for (const { row, how } of told.slice(-3)) {
      const message = t(`notify.${how}`, { name: nameOf(row) });
      notifications.show({ message, color: how === "allowed" || how === "always" ? "leaf" : "gray" });
      if (document.hidden && "Notification" in window && Notification.permission === "granted")
        new Notification(message, { tag: row.id });
    }
  });
  return null;
}

function answered(
  { cause, status, node }: Change,
  name: string,
): { row: Row; how: (typeof TELLS)[keyof typeof TELLS] } | null {
  if (
    cause !== "CUSTOMER_ANSWERED" ||
    node?.__typename !== "CallPermission" ||
    node.latestRequest?.requestedBy !== name
  )
    return null;
  const how = status !== null && status in TELLS ? TELLS[status as keyof typeof TELLS] : null;
  return how && { row: node, how };
}
