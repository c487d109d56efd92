import { TextInput } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";

import { type Bring, useLate } from "../ground/late";

/** What somebody began in a field before all of it was here. */
export interface Begun {
  typed: string;
  /** Whether they stand in it. */
  here: boolean;
}

interface Parts<Props> {
  /** What lets them choose. */
  bring: Bring<Props & Begun>;
  props: Props;
  label: string;
  placeholder: string;
  /** What is chosen, in words. */
  chosen: readonly string[];
  /** Takes what is written by who is quicker than the choice; where there is none, nothing can be written. */
  take?: (typed: string) => void;
}

/** A field to choose in, which is no more than its look until somebody comes to it or something is chosen. */
export function LateField<Props extends object>(parts: Parts<Props>): ReactNode {
  const { bring, props, label, placeholder, chosen, take } = parts;
  const [Choice, want] = useLate(bring);
  const [typed, setTyped] = useState("");
  const [here, setHere] = useState(false);
  const any = chosen.length > 0;
  useEffect(() => {
    if (any) want();
  }, [any, want]);
  if (Choice) return <Choice {...props} typed={typed} here={here} />;
  return (
    <TextInput
      role="combobox"
      aria-expanded={false}
      aria-label={label}
      placeholder={any ? chosen.join(", ") : placeholder}
      readOnly={!take}
      pointer={!take}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onFocus={() => {
        setHere(true);
        want();
      }}
      onBlur={() => setHere(false)}
      onKeyDown={(event) => {
        if (!take || event.key !== "Enter" || typed.trim() === "") return;
        take(typed.trim());
        setTyped("");
      }}
    />
  );
}
