import { type ReactNode, useEffect } from "react";

import { useLate } from "../ground/late";
import { corner, useTold } from "./notice";

/** Where what is told is shown, from the first time on that there is something. */
export function Told(): ReactNode {
  const told = useTold();
  const [Corner, want] = useLate(corner);
  useEffect(() => {
    if (told > 0) want();
  }, [told, want]);
  return Corner && <Corner />;
}
