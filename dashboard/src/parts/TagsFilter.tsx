import { TextInput } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";

import { ahead, useLate } from "../ground/late";
import { useTranslation } from "../words";

export interface TagsFilterParts {
  chosen: string[];
  choose: (tags: string[]) => void;
  /** Tags to choose from; others can be written. */
  known: readonly string[];
}

const bring = ahead(() => import("./TagsFilterChoice"));

/** By which tags to narrow a list. Where none is chosen it is a field only, until somebody comes to it. */
export function TagsFilter(parts: TagsFilterParts): ReactNode {
  const { t } = useTranslation();
  const [Choice, want] = useLate(bring);
  const [typed, setTyped] = useState("");
  const [here, setHere] = useState(false);
  const any = parts.chosen.length > 0;
  useEffect(() => {
    if (any) want();
  }, [any, want]);
  if (Choice) return <Choice {...parts} typed={typed} here={here} />;
  return (
    <TextInput
      aria-label={t("customer.tags")}
      placeholder={any ? parts.chosen.join(", ") : t("customers.anyTag")}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onFocus={() => {
        setHere(true);
        want();
      }}
      onBlur={() => setHere(false)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || typed.trim() === "") return; // who is quicker than the choice needs none
        parts.choose([typed.trim()]);
        setTyped("");
      }}
    />
  );
}
