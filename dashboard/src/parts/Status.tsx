import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { CallPermissionStatus } from "../gql/graphql";
import styles from "./Status.module.css";

/** What a customer allows, as a coloured word; the word alone says it all. */
export function Status({ status }: { status: CallPermissionStatus }): ReactNode {
  const { t } = useTranslation();
  return (
    <span className={styles.badge} data-status={status}>
      {t(`status.${status}`)}
    </span>
  );
}
