import { Button, Group, Paper, Progress, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

import { count } from "../../ground/format";
import { Dialog } from "../../parts/Dialog";
import { Trouble } from "../../parts/Trouble";
import { useSettingsWords } from "../../words/settings";
import styles from "./Parts.module.css";

export type Tone = "good" | "warn" | "bad" | "quiet";

/** How something stands, as a coloured word; the word alone says it all. */
export function State({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className={styles.state} data-tone={tone}>
      {children}
    </span>
  );
}

/** Something to know before going on, in a box that its title names. */
export function Note({ tone, title, children }: { tone: Tone; title?: string; children: ReactNode }): ReactNode {
  return (
    <div className={styles.note} data-tone={tone}>
      {title !== undefined && (
        <Text size="sm" fw={650}>
          {title}
        </Text>
      )}
      {children}
    </div>
  );
}

/** What is known of something: each word with its value. */
export function Facts({ of }: { of: readonly (readonly [string, ReactNode])[] }): ReactNode {
  return (
    <dl className={styles.facts}>
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Nothing is here yet: why, and what to do first. */
export function Nothing({ title, why, children }: { title: string; why?: string; children?: ReactNode }): ReactNode {
  return (
    <Paper withBorder p="xl" ta="center">
      <Stack align="center" maw={560} mx="auto" gap="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        {why !== undefined && <Text c="dimmed">{why}</Text>}
        {children}
      </Stack>
    </Paper>
  );
}

/** Asks for the next page of a list. */
export function More({ loading, show }: { loading: boolean; show: () => void }): ReactNode {
  const { t } = useSettingsWords();
  return (
    <Button variant="default" size="compact-sm" loading={loading} style={{ alignSelf: "flex-start" }} onClick={show}>
      {t("more")}
    </Button>
  );
}

interface Use {
  label: string;
  used: number;
  maximum: number;
  children?: ReactNode;
}

const NEARLY = 0.8;

/** How much of a limit is used, drawn and in numbers. */
export function Bar({ label, used, maximum, children }: Use): ReactNode {
  const { t, locale } = useSettingsWords();
  const share = maximum > 0 ? Math.min(used / maximum, 1) : 0;
  const color = share >= 1 ? "red.7" : share >= NEARLY ? "yellow.6" : "leaf";
  const name = useId();
  const figures = t("limits.used", { used: count(used, locale), maximum: count(maximum, locale) });
  return (
    <div>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="end">
        <Text size="sm" fw={600} id={name}>
          {label}
        </Text>
        <Text size="sm" style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
          {figures}
        </Text>
      </Group>
      <Progress.Root size="md" my={6}>
        <Progress.Section
          value={share * 100}
          color={color}
          withAria={false} // it would tell percents, where numbers say more
          role="progressbar"
          aria-labelledby={name}
          aria-valuemin={0}
          aria-valuemax={maximum}
          aria-valuenow={Math.min(used, maximum)}
          aria-valuetext={figures}
        />
      </Progress.Root>
      {children}
    </div>
  );
}

interface Asked {
  title: string;
  action: string;
  trouble: string | null;
  busy: boolean;
  go: () => void;
  close: () => void;
  children: ReactNode;
}

/** Asks once more before something that cannot be undone. */
export function Confirm({ title, action, trouble, busy, go, close, children }: Asked): ReactNode {
  const { t } = useSettingsWords();
  return (
    <Dialog onClose={close} title={title}>
      <Stack>
        {children}
        {trouble !== null && <Trouble message={trouble} />}
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={close}>
            {t("cancel")}
          </Button>
          <Button color="red.9" loading={busy} onClick={go}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
