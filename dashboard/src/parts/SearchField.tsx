import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";

import { useTranslation } from "../words";

const CALM_MS = 250;

interface Parts {
  /** The word that is searched for. */
  word: string | null;
  search: (word: string | null) => void;
  field: RefObject<HTMLInputElement | null>;
}

/** The search for customers: it follows what is written as soon as somebody pauses, and shows what else the word became. */
export function SearchField({ word, search, field }: Parts): ReactNode {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(word ?? "");
  const told = useRef(word);
  useEffect(() => {
    if (word === told.current) return;
    told.current = word;
    setTyped(word ?? "");
  }, [word]);
  const later = useDebouncedCallback((text: string) => {
    told.current = text.trim() || null;
    search(told.current);
  }, CALM_MS);
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label={t("customers.search")}
      placeholder={t("customers.search")}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
