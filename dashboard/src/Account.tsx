import { Avatar, Text, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ReactNode } from "react";

import styles from "./App.module.css";
import { useDesk } from "./desk";
import { ahead, useLate } from "./ground/late";
import { useTranslation } from "./words";

const bring = ahead(() => import("./parts/AccountItems"));

/** Who is signed in, and what is theirs to choose. */
export function Account({ help }: { help: () => void }): ReactNode {
  const { t } = useTranslation();
  const { viewer } = useDesk();
  const [Items, want] = useLate(bring);
  const button = (
    <UnstyledButton className={styles.account} aria-haspopup="menu" onClick={Items ? undefined : want}>
      <VisuallyHidden>{t("nav.account", { name: viewer.name })}</VisuallyHidden>
      <Avatar
        aria-hidden
        name={viewer.name}
        size={32}
        radius="xl"
        className={styles.face}
        variant="filled"
        color="leaf"
      />
      <Text component="span" className={styles.who} visibleFrom="sm" aria-hidden>
        <span>{viewer.name}</span>
        <Text component="span" size="xs" c="dimmed">
          {viewer.workspace.name}
        </Text>
      </Text>
      <IconChevronDown size={15} aria-hidden />
    </UnstyledButton>
  );
  return Items ? <Items help={help} button={button} /> : button;
}
