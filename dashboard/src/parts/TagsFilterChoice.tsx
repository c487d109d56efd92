import { TagsInput } from "@mantine/core";
import { type ReactNode, useLayoutEffect, useRef } from "react";

import { useTranslation } from "../words";
import type { TagsFilterParts } from "./TagsFilter";

interface Parts extends TagsFilterParts {
  /** What was written before the choice was here. */
  typed: string;
  /** Whether somebody stands in it. */
  here: boolean;
}

export default function TagsFilterChoice({ chosen, choose, known, typed, here }: Parts): ReactNode {
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
