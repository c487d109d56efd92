import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import { useDesk } from "../desk";
import { useTranslation } from "../words";
import styles from "./Welcome.module.css";
import { useDoings } from "./doings";

const STEPS = ["add", "ask", "call"] as const;

/** What an empty workspace says of itself, and where it begins. */
export function Welcome(): ReactNode {
  const { t } = useTranslation();
  const { may } = useDesk();
  const { add, bringIn } = useDoings();
  return (
    <Stack align="center" py={48} gap="lg">
      <Title order={1} size="h2" ta="center">
        {t("empty.title")}
      </Title>
      <Text ta="center" maw={560}>
        {t("empty.why")}
      </Text>
      <ol className={styles.steps}>
        {STEPS.map((step) => (
          <li key={step} className={styles.step}>
            <Text fw={650}>{t(`empty.steps.${step}.title`)}</Text>
            <Text size="sm" c="dimmed">
              {t(`empty.steps.${step}.what`)}
            </Text>
          </li>
        ))}
      </ol>
      {may("customers:write") && (
        <Group>
          <Button onClick={add}>{t("empty.first")}</Button>
          <Button variant="default" onClick={bringIn}>
            {t("import.title")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
