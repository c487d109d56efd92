import { type ReactNode, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { useDesk } from "../desk";
import styles from "./LineSign.module.css";

/** How the line to the server fares: small while all is well, plain when it is not. */
export function LineSign(): ReactNode {
  const { t } = useTranslation();
  const { live } = useDesk();
  const line = useSyncExternalStore(live.watch, () => live.line);
  return (
    <span className={styles.sign} data-line={line} role="status">
      {t(`line.${line}`)}
    </span>
  );
}
