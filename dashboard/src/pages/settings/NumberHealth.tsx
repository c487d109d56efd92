import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { useClient } from "urql";

import { faultText } from "../../answers";
import type { CheckVerdict, NumberHealthQuery } from "../../gql/graphql";
import { distance } from "../../ground/format";
import { useNow } from "../../ground/tick";
import { Trouble } from "../../parts/Trouble";
import { useSettingsWords } from "../../words/settings";
import { NumberHealth as Asked } from "./Numbers.graphql";
import styles from "./Parts.module.css";
import { State, type Tone } from "./Parts";
import { findingText } from "./findings";

type Health = Extract<NonNullable<NumberHealthQuery["node"]>, { __typename: "BusinessNumber" }>["health"];

const TONES: Record<CheckVerdict, Tone> = { OK: "good", WARNING: "warn", FAILED: "bad", UNKNOWN: "quiet" };
const STALE_MS = 10 * 60_000;

// What Meta said last, while the page is open: to come back to the settings is no reason to ask it again.
const remembered = new Map<string, Health>();

/** Has a number looked at anew: it is used with other credentials now. */
export function forgetHealth(id: string): void {
  remembered.delete(id);
}

/** What Meta says of a number: asked when the page is opened, and whenever somebody wants to know. */
export function NumberHealth({ number }: { number: { id: string; name: string } }): ReactNode {
  const { t, locale } = useSettingsWords();
  const client = useClient();
  const now = useNow();
  const [health, setHealth] = useState<Health | null>(remembered.get(number.id) ?? null);
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  const check = useCallback(async (): Promise<void> => {
    setAsking(true);
    const { data, error } = await client.query(Asked, { id: number.id }).toPromise();
    setAsking(false);
    const found = data?.node?.__typename === "BusinessNumber" ? data.node.health : null;
    setTrouble(found ? null : faultText(error));
    if (!found) return;
    remembered.set(number.id, found);
    setHealth(found);
  }, [client, number.id]);

  useEffect(() => {
    const known = remembered.get(number.id);
    if (!known || Date.now() - Date.parse(known.checkedAt) > STALE_MS) void check();
  }, [check, number.id]);

  return (
    <Stack gap="xs" component="section" aria-label={t("numbers.healthOf", { name: number.name })}>
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={3} size="h5">
            {t("numbers.health")}
          </Title>
          <Text size="sm" role="status">
            {health === null ? (
              asking && t("numbers.checking")
            ) : (
              <>
                <State tone={health.works ? "good" : "bad"}>
                  {t(health.works ? "numbers.works" : "numbers.broken")}
                </State>{" "}
                {t("numbers.checkedAt", { when: distance(health.checkedAt, now, locale) })}
              </>
            )}
          </Text>
        </Group>
        <Button
          size="compact-sm"
          variant="default"
          loading={asking}
          aria-label={t("numbers.checkIt", { name: number.name })}
          onClick={() => void check()}
        >
          {t("numbers.check")}
        </Button>
      </Group>
      {trouble !== null && <Trouble message={trouble} />}
      {health?.unreachable != null && <Trouble message={t("numbers.unreachable", { reason: health.unreachable })} />}
      {health !== null && health.checks.length > 0 && (
        <ul className={styles.checks}>
          {health.checks.map((found) => (
            <li key={found.aspect}>
              <Text size="sm" fw={600} component="span">
                {t(`numbers.aspects.${found.aspect}`)}
              </Text>
              <Text size="sm">{findingText(found, t, locale)}</Text>
              <State tone={TONES[found.verdict]}>{t(`numbers.verdicts.${found.verdict}`)}</State>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}
