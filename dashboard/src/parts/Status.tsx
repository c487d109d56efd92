import { type ReactNode, useCallback } from "react";

import type { Row } from "../desk";
import { useAt } from "../ground/tick";
import { statusAt } from "../standing";
import { useTranslation } from "../words";
import styles from "./Status.module.css";

/** What a customer allows at this second, as a coloured word; the word alone says it all. */
export function Status({ row }: { row: Pick<Row, "status" | "expiresAt"> }): ReactNode {
  const { t } = useTranslation();
  const status = useAt(useCallback((now) => statusAt(row, now), [row]));
  return (
    <span className={styles.badge} data-status={status}>
      {t(`status.${status}`)}
    </span>
  );
}
