import { MultiSelect } from "@mantine/core";
import type { ReactNode } from "react";

import type { CallPermissionStatus } from "../gql/graphql";
import { useTranslation } from "../words";
import type { Begun } from "./LateField";
import type { StatusFilterParts } from "./StatusFilter";
import { useTakingOver } from "./takingOver";

const STATUSES: CallPermissionStatus[] = [
  "NOT_REQUESTED",
  "REQUESTED",
  "TEMPORARY",
  "PERMANENT",
  "DECLINED",
  "EXPIRED",
  "REVOKED",
];

export default function StatusFilterChoice({ chosen, choose, here }: StatusFilterParts & Begun): ReactNode {
  const { t } = useTranslation();
  const field = useTakingOver(here);
  return (
    <MultiSelect
      ref={field}
      defaultDropdownOpened={here}
      aria-label={t("customer.status")}
      placeholder={chosen.length > 0 ? "" : t("customers.anyStatus")}
      data={STATUSES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
      value={chosen}
      onChange={choose}
      clearable
    />
  );
}
