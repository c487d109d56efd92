import { type ReactNode, useRef } from "react";

import { type Change, type Row, useNews } from "../desk";
import { useTranslation } from "../words";
import { nameOf } from "./Buttons";
import { tell } from "./notice";

/** Tells that a customer calls. Maycall only hears of it: it cannot be taken here, but it can be returned. */
export function Incoming(): ReactNode {
  const { t } = useTranslation();
  const told = useRef<string>(undefined);
  useNews((changes) => {
    for (const { id, row } of changes.flatMap((change) => ringing(change) ?? [])) {
      if (told.current === id) continue;
      told.current = id;
      tell(t("notify.incoming", { name: nameOf(row) }), "gray");
    }
  });
  return null;
}

function ringing({ node }: Change): { id: string; row: Row } | null {
  if (node?.__typename !== "Call") return null;
  const row = node.callPermission;
  const call = row.latestCall;
  if (call?.direction !== "USER_INITIATED" || call.endedAt !== null) return null;
  return { id: call.id, row };
}
