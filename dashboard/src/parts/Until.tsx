import type { ReactNode } from "react";

import type { Row } from "../desk";
import { moment, span } from "../ground/format";
import { useNow } from "../ground/tick";
import { callableFrom } from "../standing";
import { useTranslation } from "../words";
import styles from "./Countdown.module.css";

/** How long somebody who allows calls still cannot be rung. */
export function Until({ row }: { row: Row }): ReactNode {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const from = callableFrom(row);
  if (from === null) return <span className={styles.quiet}>{t("callNow.notByItself")}</span>;
  const iso = new Date(from).toISOString();
  return (
    <time className={styles.left} dateTime={iso} title={moment(iso, i18n.language)}>
      {t("callNow.freeIn", { span: span(Math.max(0, from - now), i18n.language) })}
    </time>
  );
}
