import { Alert, Button, Group } from "@mantine/core";
import type { ReactNode } from "react";

import { useTranslation } from "../words";

/** What went wrong, where it went wrong, and what to do. */
export function Trouble({ message, retry }: { message: string; retry?: () => void }): ReactNode {
  const { t } = useTranslation();
  const text = /^\[Network\]|Failed to fetch|NetworkError/.test(message) ? t("error.network") : message;
  return (
    <Alert color="red" variant="outline" title={t("error.title")} role="alert">
      <Group justify="space-between">
        <span>{text}</span>
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t("error.retry")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
