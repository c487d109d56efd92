import type { ReactNode } from "react";

import type { Row } from "../desk";
import { distance, moment, span } from "../ground/format";
import { useNow } from "../ground/tick";
import { useTranslation } from "../words";
import styles from "./Countdown.module.css";

const SOON = 3_600_000; // the last hour looks different

/** How long calls are allowed still, by the server's clock, or since when no more: the status beside it says which. */
export function Countdown({ row }: { row: Pick<Row, "status" | "expiresAt"> }): ReactNode {
  const { t, i18n } = useTranslation();
  const now = useNow();
  if (row.status === "PERMANENT") return <span className={styles.quiet}>{t("customer.forGood")}</span>;
  if (!row.expiresAt) return null;
  const left = Date.parse(row.expiresAt) - now;
  const ended = row.status !== "TEMPORARY" || left <= 0;
  return (
    <time
      className={ended ? styles.quiet : styles.left}
      data-soon={!ended && left < SOON}
      dateTime={row.expiresAt}
      title={moment(row.expiresAt, i18n.language)}
    >
      {ended ? distance(row.expiresAt, now, i18n.language) : span(left, i18n.language)}
    </time>
  );
}
