import { Alert, Button, Code, CopyButton, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** Something that is shown this once, to be copied. */
export function Secret({ title, secret, close }: { title: string; secret: string; close: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={close} title={title} closeOnClickOutside={false}>
      <Stack>
        <Alert variant="outline">{t("settings.copyOnce")}</Alert>
        <Code block>{secret}</Code>
        <Group justify="flex-end">
          <CopyButton value={secret}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? t("settings.copied") : t("settings.copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={close}>{t("settings.done")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
