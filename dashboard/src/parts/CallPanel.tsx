import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, type RefObject, useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";

import type { Calling, State, Step, UnderWay } from "../calling";
import { callLength } from "../ground/format";
import { useKeys } from "../ground/keys";
import { useNow } from "../ground/tick";
import { useTranslation } from "../words";
import { nameOf } from "./Buttons";
import styles from "./CallPanel.module.css";
import { Levels } from "./Levels";
import { SoundChoice } from "./SoundChoice";
import { Trouble } from "./Trouble";
import { refusalText } from "./refusals";

/** What the panel needs of a call. */
export type Held = Pick<
  Calling,
  "row" | "state" | "over" | "levels" | "watch" | "begin" | "hangUp" | "mute" | "choose"
>;

interface Parts {
  calling: Held;
  /** Puts the panel away. */
  close: () => void;
  /** Calls the same customer once more. */
  again: () => void;
}

/** One call, from the microphone to its end, in a corner of the page: what is behind it can go on being used. */
export default function CallPanel(parts: Parts): ReactNode {
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  useHold(panel);
  useRoom(panel);
  return (
    <Paper
      ref={panel}
      component="section"
      className={styles.panel}
      shadow="xl"
      withBorder
      p="md"
      tabIndex={-1}
      aria-label={t("call.title", { name: nameOf(parts.calling.row) })}
    >
      <Panel {...parts} />
    </Paper>
  );
}

/** Takes the focus for as long as it is there, and gives it back. */
function useHold(panel: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [panel]);
}

/** Tells the page how much room there has to be below it. */
function useRoom(panel: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() =>
      style.setProperty("--call-panel", `${panel.current?.offsetHeight ?? 0}px`),
    );
    if (panel.current) observer.observe(panel.current);
    return () => {
      observer.disconnect();
      style.removeProperty("--call-panel");
    };
  }, [panel]);
}

function Panel({ calling, close, again }: Parts): ReactNode {
  const { t, i18n } = useTranslation();
  const { row } = calling;
  const state = useSyncExternalStore(calling.watch, () => calling.state);
  const measure = useCallback(() => calling.levels, [calling]);
  const goesOn = state.is === "placing" || state.is === "under way";
  const withSound = state.is === "under way" && state.sound !== null && !state.hangingUp;
  useKeys({ m: () => withSound && calling.mute(!state.muted) }, withSound);
  useKeys({ Escape: close }, !goesOn); // a call is never ended by it
  const call = state.is === "under way" || state.is === "over" ? state.call : null;
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
        {call && <Clock call={call} />}
      </Group>
      <Stack gap={4}>
        <Text role="status" fw={600}>
          <Stage state={state} />
        </Text>
        <More state={state} name={nameOf(row)} />
      </Stack>
      {state.is === "warning" &&
        row.canCall.cautions.map((caution) => <Text key={caution}>{t(`caution.${caution}`)}</Text>)}
      {state.is === "refused" && <Trouble message={refusalText(state.refusal, t, i18n.language)} />}
      {withSound && <Levels measure={measure} name={nameOf(row)} />}
      {withSound && <Sounds calling={calling} />}
      <Group justify="flex-end">
        {state.is === "warning" && (
          <>
            <Button variant="default" onClick={close}>
              {t("settings.cancel")}
            </Button>
            <Button onClick={() => void calling.begin()}>{t("call.goOn")}</Button>
          </>
        )}
        {withSound && (
          <Button
            variant={state.muted ? "filled" : "default"}
            aria-pressed={state.muted}
            aria-keyshortcuts="m"
            onClick={() => calling.mute(!state.muted)}
          >
            {t("call.mute")}
          </Button>
        )}
        {goesOn && (
          <Button color="red.9" loading={state.hangingUp} onClick={() => calling.hangUp()}>
            {t("call.hangUp")}
          </Button>
        )}
        {calling.over && state.is !== "refused" && (
          <Button variant="default" onClick={again}>
            {t("call.again")}
          </Button>
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

/** How far the call has come, in a few words that are read out as they change. */
function Stage({ state }: { state: State }): ReactNode {
  const { t } = useTranslation();
  switch (state.is) {
    case "warning":
      return t("call.warn");
    case "microphone":
      return t("call.microphone");
    case "placing":
      return state.hangingUp ? t("call.hangingUp") : t("call.placing");
    case "under way":
      return state.hangingUp ? t("call.hangingUp") : t(`callStatus.${state.call.status}`);
    case "over":
      return t(`callStatus.${state.call.status}`);
    case "without microphone":
    case "refused":
      return t("call.notPlaced");
    case "failed":
      return t("callStatus.FAILED");
  }
}

/** What there is to say beside that: how the sound fares, how the call ended, why it was not placed. */
function More({ state, name }: { state: State; name: string }): ReactNode {
  const { t, i18n } = useTranslation();
  switch (state.is) {
    case "under way": {
      const { trouble } = state;
      const words = typeof trouble === "string" ? trouble : trouble && refusalText(trouble, t, i18n.language);
      return (
        <>
          <Text size="sm" className={styles.sound}>
            {soundWord(state) && t(`call.sound.${soundWord(state) ?? "none"}`, { name })}
          </Text>
          {words !== null && <Trouble message={t("call.notHungUp", { message: words })} />}
        </>
      );
    }
    case "over":
      return (
        <>
          {state.soundLost && <Trouble message={t("call.soundLost")} />}
          {state.call.failure ? (
            <Trouble message={state.call.failure} />
          ) : (
            <Text size="sm">{t(`call.end.${ending(state.call)}`, { name })}</Text>
          )}
        </>
      );
    case "without microphone":
      return <Trouble message={t(`call.lack.${state.lack}`, { message: state.why })} />;
    case "failed":
      return <Trouble message={t("call.failed", { message: state.why })} />;
    default:
      return null;
  }
}

type SoundWord = "none" | "connecting" | "weak" | "lost" | "unheard" | "muted";

function soundWord({ call, sound, muted, unheard, hangingUp }: UnderWay): SoundWord | null {
  if (hangingUp) return null;
  if (sound === null) return "none";
  if (unheard && sound !== "lost") return "unheard";
  if (sound !== "flowing") return sound === "connecting" && call.status !== "IN_PROGRESS" ? null : sound;
  return muted ? "muted" : null;
}

type Ending = "COMPLETED" | "NO_ANSWER" | "REJECTED" | "CANCELLED" | "FAILED";

function ending({ status }: Step): Ending {
  switch (status) {
    case "COMPLETED":
    case "NO_ANSWER":
    case "REJECTED":
    case "CANCELLED":
      return status;
    default:
      return "FAILED";
  }
}

function Sounds({ calling }: { calling: Held }): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button variant="subtle" size="compact-sm" px={0} aria-expanded={open} onClick={() => setOpen(!open)}>
        {t("call.devices")}
      </Button>
      {open && <SoundChoice choose={(kind, id) => calling.choose(kind, id)} />}
    </div>
  );
}

function Clock({ call }: { call: Step }): ReactNode {
  const now = useNow();
  if (!call.answeredAt) return null;
  const begun = Date.parse(call.answeredAt);
  const seconds = call.durationSeconds ?? ((call.endedAt ? Date.parse(call.endedAt) : now) - begun) / 1000;
  return <Text className={styles.clock}>{callLength(Math.max(0, seconds))}</Text>;
}
