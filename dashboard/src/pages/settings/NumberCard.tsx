import { Anchor, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";

import type { NumberDetailsFragment } from "../../gql/graphql";
import { distance, moment } from "../../ground/format";
import { useNow } from "../../ground/tick";
import { useSettingsWords } from "../../words/settings";
import { NumberHealth } from "./NumberHealth";
import { Facts, Note, State, type Tone } from "./Parts";
import { problemOf } from "./findings";

type How = "ok" | "off" | "paused" | "problem";
const TONES: Record<How, Tone> = { ok: "good", off: "warn", paused: "warn", problem: "bad" };

/** How a number stands as far as Maycall knows without asking: the worst first. */
export function howItStands(
  number: Pick<NumberDetailsFragment, "problem" | "restrictedUntil" | "callingEnabled">,
  now: number,
): How {
  if (number.problem !== null) return "problem";
  if (number.restrictedUntil !== null && Date.parse(number.restrictedUntil) > now) return "paused";
  return number.callingEnabled ? "ok" : "off";
}

/** One number: what it is, how it stands, and what to do. */
export function NumberCard({
  number,
  change,
}: {
  number: NumberDetailsFragment;
  change: (() => void) | null;
}): ReactNode {
  const { t, locale } = useSettingsWords();
  const now = useNow();
  const how = howItStands(number, now);
  const problem = problemOf(number.problemCode);
  return (
    <Card withBorder component="section" aria-label={number.name} padding="lg">
      <Stack gap="md">
        <Group justify="space-between" align="start">
          <div>
            <Group gap="xs">
              <Title order={2} size="h4">
                {number.name}
              </Title>
              <State tone={TONES[how]}>{t(`numbers.state.${how}`)}</State>
            </Group>
            <Text c="dimmed">
              {number.displayPhoneNumber} · {t(`numbers.environment.${number.environment}`)}
            </Text>
          </div>
          {change && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t("changeIt", { name: number.name })}
              onClick={change}
            >
              {t("change")}
            </Button>
          )}
        </Group>
        {number.problem !== null && (
          <Note tone="bad" title={t("numbers.state.problem")}>
            {problem !== null && <Text size="sm">{t(`numbers.problems.${problem}`)}</Text>}
            <Text size="sm" lang="en">
              {number.problem}
            </Text>
          </Note>
        )}
        {number.restrictedUntil !== null && Date.parse(number.restrictedUntil) > now && (
          <Note tone="warn" title={t("numbers.state.paused")}>
            {t("numbers.paused", { when: moment(number.restrictedUntil, locale) })}
          </Note>
        )}
        {!number.callingEnabled && (
          <Note tone="warn" title={t("numbers.state.off")}>
            {t("numbers.off")}
          </Note>
        )}
        <Facts
          of={[
            [
              t("numbers.heard"),
              number.lastHeardAt ? distance(number.lastHeardAt, now, locale) : t("numbers.notHeard"),
            ],
            [
              t("numbers.policy"),
              <Anchor
                key="limits"
                component={Link}
                href="/settings/limits"
                aria-label={`${t(`numbers.policies.${number.policy.name}`)}: ${t("numbers.toLimits", { name: number.name })}`}
              >
                {t(`numbers.policies.${number.policy.name}`)}
              </Anchor>,
            ],
            [t("numbers.phoneNumberId"), number.phoneNumberId],
            [t("numbers.wabaId"), number.wabaId],
            [t("numbers.accessToken"), t(number.hasOwnAccessToken ? "numbers.own" : "numbers.installations")],
            [t("numbers.appSecret"), t(number.hasOwnAppSecret ? "numbers.own" : "numbers.installations")],
          ]}
        />
        {change && <NumberHealth number={number} />}
      </Stack>
    </Card>
  );
}
