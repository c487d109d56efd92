import { type ReactNode, useEffect, useRef } from "react";

import type { Levels as Loudness } from "../ground/phone";
import { useTranslation } from "../words";
import styles from "./CallPanel.module.css";

const EVERY_MS = 100;

/** How loud it is at both ends, as it is: so that whoever is not heard sees at which end that is. */
export function Levels({ measure, name }: { measure: () => Loudness; name: string }): ReactNode {
  const { t } = useTranslation();
  const own = useRef<HTMLSpanElement>(null);
  const other = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // Past React: ten times a second, for two bars.
    const timer = setInterval(() => {
      const loud = measure();
      show(own.current, loud.own);
      show(other.current, loud.other);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [measure]);
  return (
    <div className={styles.levels}>
      <Level bar={own} label={t("call.you")} />
      <Level bar={other} label={name} />
    </div>
  );
}

function Level({ bar, label }: { bar: React.Ref<HTMLSpanElement>; label: string }): ReactNode {
  return (
    <>
      <span aria-hidden>{label}</span>
      <span
        ref={bar}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
        className={styles.level}
      />
    </>
  );
}

function show(bar: HTMLSpanElement | null, loudness: number): void {
  const percent = String(Math.round(loudness * 100));
  bar?.setAttribute("aria-valuenow", percent);
  bar?.style.setProperty("--loudness", `${percent}%`);
}
