import { Anchor, Badge, Button, Card, Group, Progress, Skeleton, Stack, Text, Timeline, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { answerOf, faultText } from "../answers";
import { type Row, useDesk, useNews } from "../desk";
import type { OneCustomerQuery } from "../gql/graphql";
import { callLength, distance, moment } from "../ground/format";
import { useKeys } from "../ground/keys";
import { useRow } from "../ground/rows";
import { useNow } from "../ground/tick";
import { useNumber } from "../number";
import { AskButton, CallButton } from "../parts/Buttons";
import { Countdown } from "../parts/Countdown";
import { Status } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { useDoings } from "../parts/doings";
import { refusalText, troubleText } from "../parts/refusals";
import { OneCustomer, RefreshPermission } from "./Customer.graphql";
import styles from "./Customer.module.css";

type Seen = NonNullable<OneCustomerQuery["customer"]>;
type Permission = NonNullable<Seen["callPermission"]>;
type Event = Seen["history"]["nodes"][number];

/** Everything about one customer: what they allow, what is possible now and why not, and all that happened. */
export default function Customer({ id }: { id: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const { client, rows, reading, may } = useDesk();
  const [number] = useNumber();
  const { ask, call } = useDoings();
  const [seen, setSeen] = useState<Seen | null | undefined>(undefined);
  const [events, setEvents] = useState<Event[]>([]);
  const [error, setError] = useState<string | null>(null);
  const now = useNow();

  const read = useCallback(
    async (after: string | null) => {
      const { data, error } = await client
        .query(OneCustomer, { id, number: number.id, historyAfter: after })
        .toPromise();
      setError(data ? null : faultText(error));
      if (!data) return;
      const customer = data.customer ?? null;
      if (customer?.callPermission) rows.put([customer.callPermission]);
      setSeen(customer);
      setEvents((before) =>
        after === null ? (customer?.history.nodes ?? []) : [...before, ...(customer?.history.nodes ?? [])],
      );
    },
    [client, id, number.id, rows],
  );
  useEffect(() => void read(null), [read, reading]);
  useNews((changes) => {
    if (changes.some((change) => aboutCustomer(change, id))) void read(null);
  });

  const permission = seen?.callPermission;
  const row = useRow(rows, permission?.id ?? "");
  useKeys({
    r: () => {
      if (row?.canRequest.allowed && may("permissions:request")) ask(row);
    },
    c: () => {
      if (row?.canCall.allowed && may("calls:write")) call(row);
    },
  });

  if (error !== null && !seen) return <Trouble message={error} retry={() => void read(null)} />;
  if (seen === undefined) return <Skeleton height={320} aria-busy />;
  if (seen === null) return <Text>{t("customer.notFound")}</Text>;
  return (
    <Stack>
      <Anchor component={Link} href="/customers" size="sm">
        ← {t("one.back")}
      </Anchor>
      <Group justify="space-between" align="start">
        <div>
          <Title order={1} size="h2">
            {seen.name ?? seen.phone ?? t("customer.unnamed")}
          </Title>
          <Text c="dimmed">
            {[
              seen.name ? seen.phone : null,
              seen.externalId,
              seen.timezone && t("customer.localTime", { time: timeIn(seen.timezone, now, i18n.language) }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </Text>
          <Group gap={6} mt={6}>
            {seen.tags.map((tag) => (
              <Badge key={tag} variant="default" tt="none">
                {tag}
              </Badge>
            ))}
          </Group>
        </div>
        {row && (
          <Group gap="xs">
            <AskButton row={row} />
            <CallButton row={row} />
          </Group>
        )}
      </Group>
      {error !== null && <Trouble message={error} retry={() => void read(null)} />}
      <div className={styles.columns}>
        <Stack>{row && permission && <Now row={row} permission={permission} />}</Stack>
        <section aria-labelledby="history">
          <Title order={2} size="h4" id="history" mb="sm">
            {t("one.history")}
          </Title>
          <History events={events} />
          {seen.history.pageInfo.hasNextPage && (
            <Button variant="default" mt="md" onClick={() => void read(events.at(-1)?.cursor ?? null)}>
              {t("one.more")}
            </Button>
          )}
        </section>
      </div>
    </Stack>
  );
}

function aboutCustomer(change: { node: { __typename: string; id: string } | null }, id: string): boolean {
  const { node } = change;
  if (node === null) return false;
  if (node.__typename === "Customer") return node.id === id;
  const row = (node.__typename === "CallPermission" ? node : (node as { callPermission?: Row }).callPermission) as
    Row | undefined;
  return row?.customer.id === id;
}

function timeIn(timezone: string, now: number, locale: string): string {
  try {
    return new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone: timezone }).format(now);
  } catch {
    return timezone; // one that this browser does not know
  }
}

function Now({ row, permission }: { row: Row; permission: Permission }): ReactNode {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const { client, rows } = useDesk();
  const [asking, setAsking] = useState(false);
  const locale = i18n.language;

  const refresh = async (): Promise<void> => {
    setAsking(true);
    const input = { customerId: row.customer.id, businessNumberId: row.businessNumber.id };
    const answer = answerOf(await client.mutation(RefreshPermission, { input }).toPromise());
    setAsking(false);
    if (answer.is === "done") {
      rows.put([answer.done.callPermission]);
      const what = answer.done.differences
        .map((difference) => `${difference.about}: ${difference.believed} → ${difference.whatsapp}`)
        .join("; ");
      notifications.show({ message: what ? t("one.differed", { what }) : t("one.refreshed") });
    } else notifications.show({ color: "red", message: troubleText(answer, t, locale) });
  };

  return (
    <Card withBorder component="section" aria-label={t("customer.status")}>
      <Group justify="space-between">
        <Status status={row.status} />
        <Countdown row={row} />
      </Group>
      {row.unansweredStreak > 0 && (
        <Text size="sm" mt="xs">
          {t("one.streak", { count: row.unansweredStreak })}
        </Text>
      )}
      {permission.doubtful && (
        <Text size="sm" mt="xs">
          {t("one.doubtful")}
        </Text>
      )}
      {permission.serviceWindow.open && permission.serviceWindow.closesAt && (
        <Text size="sm" mt="xs">
          {t("one.window", { when: moment(permission.serviceWindow.closesAt, locale) })}
        </Text>
      )}
      <Way
        title={row.canCall.allowed ? t("one.canCall") : t("one.cannotCall")}
        way={row.canCall}
        limits={permission.callLimits.limits}
      />
      {row.canCall.cautions.map((caution) => (
        <Text key={caution} size="sm" className={styles.warning}>
          {t(`caution.${caution}`)}
        </Text>
      ))}
      <Way
        title={row.canRequest.allowed ? t("one.canRequest") : t("one.cannotRequest")}
        way={row.canRequest}
        limits={permission.requestLimits.limits}
      />
      <Group justify="space-between" mt="md">
        <Text size="sm" c="dimmed">
          {permission.verifiedAt && t("one.verified", { when: distance(permission.verifiedAt, now, locale) })}
        </Text>
        <Button size="compact-sm" variant="default" loading={asking} onClick={() => void refresh()}>
          {t("one.refresh")}
        </Button>
      </Group>
    </Card>
  );
}

interface WayParts {
  title: string;
  way: Row["canCall"] | Row["canRequest"];
  limits: Permission["callLimits"]["limits"];
}

function Way({ title, way, limits }: WayParts): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <div className={styles.way}>
      <Text fw={600} data-allowed={way.allowed} className={styles.verdict}>
        {title}
      </Text>
      <ul className={styles.reasons}>
        {way.blockers.map((blocker) => (
          <li key={`${blocker.code} ${blocker.message}`}>{refusalText(blocker, t, i18n.language)}</li>
        ))}
      </ul>
      {limits.map((limit) => (
        <div key={limit.period} className={styles.limit}>
          <Text size="xs" c="dimmed">
            {t("request.used", {
              used: limit.used,
              maximum: limit.maximum,
              period: periodText(limit.period, i18n.language),
            })}
          </Text>
          <Progress
            size="xs"
            value={(100 * limit.used) / Math.max(1, limit.maximum)}
            aria-label={t("one.limits")}
            color={limit.used >= limit.maximum ? "red.8" : "leaf"}
          />
        </div>
      ))}
    </div>
  );
}

/** An ISO duration of whole days or hours, in words. */
function periodText(period: string, locale: string): string {
  const [, days, hours] = /^P(?:(\d+)D)?(?:T(\d+)H)?$/.exec(period) ?? [];
  const [value, unit] = days ? [Number(days), "day"] : [Number(hours ?? 0), "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
}

function History({ events }: { events: Event[] }): ReactNode {
  const { t, i18n } = useTranslation();
  const now = useNow();
  return (
    <Timeline active={events.length} bulletSize={14} lineWidth={2}>
      {events.map((event) => (
        <Timeline.Item key={event.cursor} title={<Told event={event} />}>
          <Text size="sm" c="dimmed">
            <time dateTime={event.occurredAt} title={moment(event.occurredAt, i18n.language)}>
              {distance(event.occurredAt, now, i18n.language)}
            </time>
            {[t("cause", { returnObjects: true })[event.cause], event.actor && t("event.byWhom", { name: event.actor })]
              .filter(Boolean)
              .map((part) => ` · ${part}`)
              .join("")}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function Told({ event }: { event: Event }): ReactNode {
  const { t } = useTranslation();
  const { node } = event;
  const status = (group: "status" | "requestStatus" | "callStatus", value: string | null): string =>
    value === null ? "" : ((t(group, { returnObjects: true }) as Record<string, string>)[value] ?? value);
  switch (event.kind) {
    case "CUSTOMER":
      return event.cause === "CREATED" ? t("event.customerCreated") : t("event.customerUpdated");
    case "CALL_PERMISSION":
      return event.previousStatus && event.previousStatus !== event.status
        ? t("event.permission", { from: status("status", event.previousStatus), to: status("status", event.status) })
        : t("event.permissionNow", { to: status("status", event.status) });
    case "PERMISSION_REQUEST": {
      const answer =
        node?.__typename === "PermissionRequest" && event.status === "ANSWERED" && node.answer
          ? t(`answer.${node.answer}`)
          : null;
      return t("event.request", { to: answer ?? status("requestStatus", event.status) });
    }
    case "CALL": {
      const call = node?.__typename === "Call" ? node : null;
      const told = t(call?.direction === "USER_INITIATED" ? "event.incoming" : "event.call", {
        to: status("callStatus", event.status),
      });
      const lasted =
        event.status === "COMPLETED" && call?.durationSeconds
          ? t("event.lasted", { length: callLength(call.durationSeconds) })
          : null;
      return [told, lasted].filter(Boolean).join(", ");
    }
    default:
      return t("event.other", { kind: event.kind });
  }
}
