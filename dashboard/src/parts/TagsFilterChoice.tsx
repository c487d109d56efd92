import { TagsInput } from "@mantine/core";
import { type ReactNode, useLayoutEffect, useRef } from "react";

import { useTranslation } from "../words";
import type { Begun } from "./LateField";
import type { TagsFilterParts } from "./TagsFilter";

export default function TagsFilterChoice({ chosen, choose, known, typed, here }: TagsFilterParts & Begun): ReactNode {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const taking = useRef(here);
  // Before the next key can come.
  useLayoutEffect(() => {
    if (taking.current) field.current?.focus();
  }, []);
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
