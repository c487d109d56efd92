import { type ReactNode, useEffect, useState } from "react";

import { ahead, useLate } from "../ground/late";

const bring = ahead(() => import("./Hint"));

const PAUSE = 250; // ms somebody points at a thing before a hint is due: less, and every way across the page leaves some

/**
 * Shows what an element carries as its `data-hint`, to whoever points at it, comes to it by the keyboard, or presses it
 * although it is closed. One for all, so that a thousand buttons with a hint cost no more than those without.
 */
export function Hints(): ReactNode {
  const [shown, show] = useState<HTMLElement | null>(null);
  const [Hint, want] = useLate(bring);
  useEffect(() => {
    let due: number | undefined;
    let at: HTMLElement | null = null;
    const look = (target: EventTarget | null, after = PAUSE): void => {
      const found = target instanceof Element ? target.closest<HTMLElement>("[data-hint]") : null;
      if (found === at && after > 0) return;
      at = found;
      clearTimeout(due);
      if (found) due = window.setTimeout(() => show(found), after);
      else show(null);
    };
    const over = (event: Event): void => look(event.target);
    const out = (event: PointerEvent | FocusEvent): void => look(event.relatedTarget);
    const pressed = (event: MouseEvent): void => {
      look(event.target instanceof Element ? event.target.closest("[aria-disabled=true]") : null, 0);
    };
    const away = (event: KeyboardEvent): void => {
      if (event.key === "Escape") look(null, 0);
    };
    const listening = new AbortController();
    const options = { signal: listening.signal, capture: true }; // also of what goes no further than its element
    document.addEventListener("pointerover", over, options);
    document.addEventListener("pointerout", out, options);
    document.addEventListener("focusin", over, options);
    document.addEventListener("focusout", out, options);
    document.addEventListener("click", pressed, options);
    document.addEventListener("keydown", away, options);
    return () => {
      listening.abort();
      clearTimeout(due);
    };
  }, []);
  useEffect(() => {
    if (shown) want();
  }, [shown, want]);
  return Hint && shown && <Hint on={shown} />;
}
