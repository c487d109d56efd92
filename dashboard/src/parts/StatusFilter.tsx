import type { ReactNode } from "react";

import type { CallPermissionStatus } from "../gql/graphql";
import { ahead } from "../ground/late";
import { useTranslation } from "../words";
import { LateField } from "./LateField";

export interface StatusFilterParts {
  chosen: CallPermissionStatus[];
  choose: (statuses: CallPermissionStatus[]) => void;
}

const bring = ahead(() => import("./StatusFilterChoice"));

/** By which statuses to narrow a list. */
export function StatusFilter(parts: StatusFilterParts): ReactNode {
  const { t } = useTranslation();
  return (
    <LateField
      bring={bring}
      props={parts}
      label={t("customer.status")}
      placeholder={t("customers.anyStatus")}
      chosen={parts.chosen.map((status) => t(`status.${status}`))}
    />
  );
}
