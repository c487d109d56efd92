import { Button, Code, Group, Paper, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useMutation } from "urql";

import { answerOf, faultText } from "../../answers";
import type { DeliveriesQuery, WebhookDeliveryStatus } from "../../gql/graphql";
import { distance, moment, span } from "../../ground/format";
import { useNow } from "../../ground/tick";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { useTranslation } from "../../words";
import { useSettingsWords } from "../../words/settings";
import styles from "./Parts.module.css";
import { State, type Tone } from "./Parts";
import { Deliveries as Asked, RetryDelivery } from "./Webhooks.graphql";
import type { Endpoint } from "./endpoints";
import { useFresh } from "./fresh";
import { useReading } from "./reading";

type Log = Extract<NonNullable<DeliveriesQuery["node"]>, { __typename: "WebhookEndpoint" }>["deliveries"];
type Delivery = Log["nodes"][number];

const TONES: Record<WebhookDeliveryStatus, Tone> = { WAITING: "warn", DELIVERED: "good", FAILED: "bad" };
const FILTERS = ["all", "WAITING", "DELIVERED", "FAILED"] as const;
type Filter = (typeof FILTERS)[number];

const PAGE = 20;
const MOST = 100;
const WAITING_EVERY_MS = 3000; // somebody watches for the next attempt
const EVERY_MS = 15_000;

/** What an endpoint was told and is to be told, newest first, and what was answered. */
export function Deliveries({ endpoint, tries }: { endpoint: Endpoint; tries: number }): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const [filter, setFilter] = useState<Filter>("all");
  const [first, setFirst] = useState(PAGE);
  const [trouble, setTrouble] = useState<string | null>(null);
  const { data, error, again } = useReading(Asked, {
    id: endpoint.id,
    first,
    filter: filter === "all" ? null : { statuses: [filter] },
  });
  const [, retry] = useMutation(RetryDelivery);
  const log = data?.node?.__typename === "WebhookEndpoint" ? data.node.deliveries : undefined;
  const waits = log?.nodes.some((delivery) => delivery.status === "WAITING" && delivery.nextAttemptAt !== null);
  useFresh(again, () => endpoint.enabled, waits ? WAITING_EVERY_MS : EVERY_MS);
  useEffect(() => {
    if (tries > 0) again();
  }, [tries, again]);

  const once = async (id: string): Promise<void> => {
    setTrouble(troubleText(answerOf(await retry({ input: { webhookDeliveryId: id } })), word, locale));
    again();
  };
  return (
    <Stack gap="sm" component="section" aria-label={t("webhooks.logOf", { name: endpoint.name })}>
      <SegmentedControl
        size="xs"
        style={{ alignSelf: "flex-start" }}
        aria-label={t("webhooks.filter")}
        value={filter}
        onChange={(value) => setFilter(value)}
        data={FILTERS.map((each) => ({ value: each, label: t(`webhooks.filters.${each}`) }))}
      />
      {error && <Trouble message={faultText(error)} retry={again} />}
      {trouble !== null && <Trouble message={trouble} />}
      {!log && !error && <Skeleton h={60} />}
      {log?.nodes.length === 0 && (
        <Text size="sm">{t(filter === "all" ? "webhooks.logEmpty" : "webhooks.logNone")}</Text>
      )}
      <ul className={styles.rows}>
        {log?.nodes.map((delivery) => (
          <One key={delivery.id} delivery={delivery} enabled={endpoint.enabled} retry={() => void once(delivery.id)} />
        ))}
      </ul>
      {log?.pageInfo.hasNextPage && first < MOST && (
        <Button variant="default" size="compact-sm" onClick={() => setFirst(first + PAGE)}>
          {t("more")}
        </Button>
      )}
    </Stack>
  );
}

function One({ delivery, enabled, retry }: { delivery: Delivery; enabled: boolean; retry: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const now = useNow();
  const [open, setOpen] = useState(false);
  const when = moment(delivery.createdAt, locale);
  return (
    <Paper withBorder p="sm" component="li">
      <Group justify="space-between" align="start">
        <Stack gap={2} miw={0} style={{ flex: "1 1 260px" }}>
          <Group gap="xs">
            <State tone={TONES[delivery.status]}>{t(`webhooks.status.${delivery.status}`)}</State>
            <Text size="sm" fw={600}>
              {delivery.event}
            </Text>
            <Text size="sm" c="dimmed">
              {when}
            </Text>
          </Group>
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {[...outcome(), t("webhooks.attempts", { count: delivery.attempts }), ...next()].join(" · ")}
          </Text>
        </Stack>
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="subtle"
            aria-expanded={open}
            aria-label={t("webhooks.detailsOf", { when })}
            onClick={() => setOpen(!open)}
          >
            {t("webhooks.details")}
          </Button>
          {enabled && (
            <Button size="compact-sm" variant="default" aria-label={t("webhooks.retryIt", { when })} onClick={retry}>
              {t("webhooks.retry")}
            </Button>
          )}
        </Group>
      </Group>
      {open && (
        <Stack gap="xs" mt="sm">
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            <b>{t("webhooks.messageId")}</b> {delivery.messageId}
          </Text>
          <Text size="sm" fw={600}>
            {t("webhooks.payload")}
          </Text>
          <Code block className={styles.code ?? ""} tabIndex={0}>
            {pretty(delivery.payload)}
          </Code>
          <Text size="sm" fw={600}>
            {t("webhooks.response")}
          </Text>
          {delivery.responseBody ? (
            <Code block className={styles.code ?? ""} tabIndex={0}>
              {delivery.responseBody}
            </Code>
          ) : (
            <Text size="sm">{t("webhooks.noResponse")}</Text>
          )}
        </Stack>
      )}
    </Paper>
  );

  function outcome(): string[] {
    if (delivery.responseStatus === null) return delivery.failure === null ? [] : [delivery.failure];
    return [t("webhooks.answered", { status: delivery.responseStatus, ms: delivery.durationMilliseconds ?? 0 })];
  }

  function next(): string[] {
    if (delivery.status !== "WAITING") return [];
    if (delivery.nextAttemptAt === null) return enabled ? [] : [t("webhooks.waitsForIt")];
    const left = Date.parse(delivery.nextAttemptAt) - now;
    return [
      t("webhooks.next", { when: left < 60_000 ? span(left, locale) : distance(delivery.nextAttemptAt, now, locale) }),
    ];
  }
}

function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
