import type { ReactNode } from "react";

import { ahead } from "../ground/late";
import { useTranslation } from "../words";
import { LateField } from "./LateField";

export interface TagsFilterParts {
  chosen: string[];
  choose: (tags: string[]) => void;
  /** Tags to choose from; others can be written. */
  known: readonly string[];
}

const bring = ahead(() => import("./TagsFilterChoice"));

/** By which tags to narrow a list. */
export function TagsFilter(parts: TagsFilterParts): ReactNode {
  const { t } = useTranslation();
  return (
    <LateField
      bring={bring}
      props={parts}
      label={t("customer.tags")}
      placeholder={t("customers.anyTag")}
      chosen={parts.chosen}
      take={(tag) => parts.choose([tag])}
    />
  );
}
