import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import type { Calling, State, Step } from "../calling";
import type { Row } from "../desk";
import { callLength } from "../ground/format";
import { useNow } from "../ground/tick";
import { nameOf } from "./Buttons";
import styles from "./CallPanel.module.css";
import { Trouble } from "./Trouble";
import { refusalText } from "./refusals";

/** One call, from the microphone to its end, in a corner of the page: what is behind it can go on being used. */
export default function CallPanel({ calling, close }: { calling: Calling; close: () => void }): ReactNode {
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  return (
    <Paper
      ref={panel}
      component="section"
      className={styles.panel}
      shadow="xl"
      withBorder
      p="md"
      tabIndex={-1}
      aria-label={t("call.title", { name: nameOf(calling.row) })}
    >
      <Panel calling={calling} close={close} />
    </Paper>
  );
}

function Panel({ calling, close }: { calling: Calling; close: () => void }): ReactNode {
  const { t } = useTranslation();
  const { row } = calling;
  const [muted, setMuted] = useState(false);
  const state = useSyncExternalStore(calling.watch, () => calling.state);
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap" align="start">
        <div>
          <Title order={2} size="h4">
            {nameOf(row)}
          </Title>
          <Text size="sm" c="dimmed">
            {row.customer.name ? row.customer.phone : null}
          </Text>
        </div>
        {state.is === "under way" && <Clock call={state.call} />}
      </Group>
      <Told state={state} row={row} />
      <Group justify="flex-end">
        {state.is === "warning" && (
          <>
            <Button variant="default" onClick={close}>
              {t("settings.cancel")}
            </Button>
            <Button onClick={() => void calling.begin()}>{t("call.goOn")}</Button>
          </>
        )}
        {state.is === "under way" && !calling.over && (
          <>
            <Button
              variant="default"
              aria-pressed={muted}
              onClick={() => {
                calling.mute(!muted);
                setMuted(!muted);
              }}
            >
              {muted ? t("call.unmute") : t("call.mute")}
            </Button>
            <Button color="red.9" onClick={() => void calling.hangUp()}>
              {t("call.hangUp")}
            </Button>
          </>
        )}
        {(calling.over || state.is === "microphone") && (
          <Button variant="default" onClick={close}>
            {t("call.close")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

function Told({ state, row }: { state: State; row: Row }): ReactNode {
  const { t, i18n } = useTranslation();
  switch (state.is) {
    case "warning":
      return row.canCall.cautions.map((caution) => <Text key={caution}>{t(`caution.${caution}`)}</Text>);
    case "microphone":
      return <Text role="status">{t("call.microphone")}</Text>;
    case "placing":
      return <Text role="status">{t("call.placing")}</Text>;
    case "without microphone":
      return <Trouble message={t("call.noMicrophone", { message: state.why.replace(/\.?$/, ".") })} />;
    case "refused":
      return <Trouble message={refusalText(state.refusal, t, i18n.language)} />;
    case "failed":
      return <Trouble message={t("call.failed", { message: state.why })} />;
    case "under way":
      return (
        <>
          <Text role="status" fw={600}>
            {t(`callStatus.${state.call.status}`)}
          </Text>
          {state.call.failure && <Trouble message={state.call.failure} />}
        </>
      );
  }
}

function Clock({ call }: { call: Step }): ReactNode {
  const now = useNow();
  if (!call.answeredAt) return null;
  const begun = Date.parse(call.answeredAt);
  const seconds = call.durationSeconds ?? ((call.endedAt ? Date.parse(call.endedAt) : now) - begun) / 1000;
  return <Text className={styles.clock}>{callLength(Math.max(0, seconds))}</Text>;
}
