import { type RefObject, useLayoutEffect, useRef } from "react";

/** A field that takes the place of another, and with it whoever stands there, before their next key can come. */
export function useTakingOver(here: boolean): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null);
  const taking = useRef(here);
  useLayoutEffect(() => {
    if (taking.current) field.current?.focus();
  }, []);
  return field;
}
