import { MultiSelect } from "@mantine/core";
import { type ReactNode, useLayoutEffect, useRef } from "react";

import type { CallPermissionStatus } from "../gql/graphql";
import { useTranslation } from "../words";
import type { Begun } from "./LateField";
import type { StatusFilterParts } from "./StatusFilter";

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
  const field = useRef<HTMLInputElement>(null);
  const taking = useRef(here);
  useLayoutEffect(() => {
    if (taking.current) field.current?.focus();
  }, []);
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
