import { Button, CopyButton, Group, Stack, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import { Dialog } from "../../parts/Dialog";
import { useSettingsWords } from "../../words/settings";
import { Note } from "./Parts";

interface Once {
  title: string;
  secret: string;
  close: () => void;
  children?: ReactNode;
}

/** A secret that is shown this once, to be copied, and what it is for. Only a button closes it. */
export function ShownOnce({ title, secret, close, children }: Once): ReactNode {
  const { t } = useSettingsWords();
  return (
    <Dialog
      onClose={close}
      title={title}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Note tone="warn">{t("secret.once")}</Note>
        <TextInput
          data-autofocus
          readOnly
          label={t("secret.label")}
          value={secret}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          onFocus={(event) => event.currentTarget.select()}
        />
        {children}
        <Group justify="flex-end">
          <CopyButton value={secret} timeout={3000}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                <span aria-live="polite">{copied ? t("secret.copied") : t("secret.copy")}</span>
              </Button>
            )}
          </CopyButton>
          <Button onClick={close}>{t("secret.done")}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
