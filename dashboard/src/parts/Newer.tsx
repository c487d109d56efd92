import { Button, Group, Paper, Text } from "@mantine/core";
import type { ReactNode } from "react";

import { useTranslation } from "../words";
import styles from "./Newer.module.css";

/** Says over a list, without moving it, that it would look different by now, and lets it be read again. */
export function Newer({ there, show }: { there: boolean; show: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={styles.place} role="status">
      {there && (
        <Paper className={styles.pill} shadow="md" withBorder radius="xl">
          <Group gap="sm" wrap="nowrap">
            <Text size="sm">{t("customers.stale")}</Text>
            <Button size="compact-sm" radius="xl" onClick={show}>
              {t("customers.reload")}
            </Button>
          </Group>
        </Paper>
      )}
    </div>
  );
}
