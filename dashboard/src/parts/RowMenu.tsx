import { ActionIcon } from "@mantine/core";
import type { ReactNode } from "react";

import type { Row } from "../desk";
import { ahead, useLate } from "../ground/late";
import { useTranslation } from "../words";
import { nameOf } from "./Buttons";

export interface RowMenuParts {
  row: Row;
  /** Whether asking is in it too: where there is no button for that. */
  asking?: boolean;
  /** Whether this is the customer's own page. */
  here?: boolean;
}

const bring = ahead(() => import("./RowMenuItems"));

/** Everything that can be done to a customer from their row. */
export function RowMenu(parts: RowMenuParts): ReactNode {
  const { t } = useTranslation();
  const [Items, want] = useLate(bring);
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-haspopup="menu"
      aria-label={t("menu.title", { name: nameOf(parts.row) })}
      onClick={Items ? undefined : want}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      <span aria-hidden>⋯</span>
    </ActionIcon>
  );
  return Items ? <Items {...parts} button={button} /> : button;
}
