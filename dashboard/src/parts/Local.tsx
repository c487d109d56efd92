import { type ReactNode, useCallback } from "react";

import { useAt } from "../ground/tick";
import { localTime } from "../ground/timezone";
import { useTranslation } from "../words";
import styles from "./Local.module.css";

/** What the clock shows where the customer lives, and quietly that it is night there. */
export function Local({ timezone }: { timezone: string | null }): ReactNode {
  const { t, i18n } = useTranslation();
  const time = useAt(
    useCallback((now) => localTime(timezone, now, i18n.language)?.text ?? null, [timezone, i18n.language]),
  );
  const night = useAt(useCallback((now) => localTime(timezone, now, "en")?.night ?? false, [timezone]));
  if (time === null) return null;
  return (
    <span className={styles.local} data-night={night} title={timezone?.replaceAll("_", " ")}>
      {t("customer.localTime", { time })}
      {night && <span className={styles.night}>{t("customer.night")}</span>}
    </span>
  );
}
