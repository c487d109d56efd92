import { Anchor } from "@mantine/core";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";

import { useDesk, useNews } from "../desk";
import { type Notice, noticesOf } from "../notices";
import { useTranslation } from "../words";
import { nameOf } from "./Buttons";
import { tell } from "./notice";

const AT_ONCE = 3; // more than that in one moment is a crowd, of which the last are told

/** Tells the one who asked how the customer answered: on the page, and through the browser where it may. */
export function Notices(): ReactNode {
  const { t } = useTranslation();
  const { viewer } = useDesk();
  const [, go] = useLocation();
  useNews((changes) => {
    for (const { row, how } of noticesOf(changes, viewer.name).slice(-AT_ONCE)) {
      const message = t(`notify.${how}`, { name: nameOf(row) });
      const address = `/customers/${row.customer.id}`;
      tell(
        <Anchor component={Link} href={address} size="sm">
          {message}
        </Anchor>,
        COLOUR[how],
      );
      if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") continue;
      const outside = new Notification(message, { tag: row.id });
      outside.onclick = () => {
        window.focus();
        go(address);
        outside.close();
      };
    }
  });
  return null;
}

const COLOUR: Record<Notice["how"], "leaf" | "gray"> = {
  allowed: "leaf",
  always: "leaf",
  declined: "gray",
  revoked: "gray",
};
