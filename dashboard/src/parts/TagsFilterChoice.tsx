import { TagsInput } from "@mantine/core";
import type { ReactNode } from "react";

import { useTranslation } from "../words";
import type { Begun } from "./LateField";
import type { TagsFilterParts } from "./TagsFilter";
import { useTakingOver } from "./takingOver";

export default function TagsFilterChoice({ chosen, choose, known, typed, here }: TagsFilterParts & Begun): ReactNode {
  const { t } = useTranslation();
  const field = useTakingOver(here);
  return (
    <TagsInput
      ref={field}
      defaultSearchValue={typed}
      aria-label={t("customer.tags")}
      placeholder={chosen.length > 0 ? "" : t("customers.anyTag")}
      data={[...known]}
      value={chosen}
      onChange={choose}
      clearable
    />
  );
}
