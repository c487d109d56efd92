import { Anchor, CloseButton, Group, Text } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

import { useTranslation } from "../words";
import styles from "./PhoneDock.module.css";
import { type Pretended, addressOfPhone } from "./phoneAddress";

/** The customer's phone in the sandbox, beside the page, which makes room for it. */
export default function PhoneDock({ of, close }: { of: Pretended; close: () => void }): ReactNode {
  const { t } = useTranslation();
  useEffect(() => {
    document.documentElement.dataset.docked = "true";
    return () => {
      delete document.documentElement.dataset.docked;
    };
  }, []);
  const title = t("phone.title", { name: of.name });
  const address = addressOfPhone(of.phone);
  return (
    <aside className={styles.dock} aria-label={title}>
      <Group justify="space-between" wrap="nowrap" px="sm" h={44}>
        <Text size="sm" fw={600} truncate>
          {title}
        </Text>
        <Group gap={6} wrap="nowrap">
          <Anchor href={address} target="maycall-phone" size="sm" onClick={close} className={styles.out}>
            {t("phone.window")}
          </Anchor>
          <CloseButton aria-label={t("phone.close")} onClick={close} />
        </Group>
      </Group>
      <iframe className={styles.screen} src={address} title={title} />
    </aside>
  );
}
