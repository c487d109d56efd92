import { Button, Chip, Group, Text, Title } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { type ReactNode, useEffect, useMemo, useState } from "react";

import type { Row } from "../desk";
import type { OneCustomerQuery } from "../gql/graphql";
import { clockOn, day, moment } from "../ground/format";
import { Countdown } from "../parts/Countdown";
import { useCallFate, useRequestFate } from "../parts/Last";
import { useRequestWords } from "../parts/Words";
import { useTranslation } from "../words";
import styles from "./History.module.css";
import { type Entry, KINDS, byDay, entriesOf } from "./timeline";

export type Line = NonNullable<OneCustomerQuery["customer"]>["history"]["nodes"][number];
type Node = NonNullable<Line["node"]>;
type Request = Extract<Node, { __typename: "PermissionRequest" }>;
type Call = Extract<Node, { __typename: "Call" }>;

interface Parts {
  lines: readonly Line[];
  row: Row | undefined;
  more: boolean;
  readMore: () => Promise<void>;
}

/** All that happened with a customer, by days, latest first; older days are read as one comes to the end. */
export function History({ lines, row, more, readMore }: Parts): ReactNode {
  const { t, i18n } = useTranslation();
  const [kinds, setKinds] = useState<string[]>([]);
  const [reading, setReading] = useState(false);
  const entries = useMemo(() => entriesOf(lines), [lines]);
  const days = useMemo(
    () => byDay(entries.filter((entry) => kinds.length === 0 || kinds.includes(entry.kind))),
    [entries, kinds],
  );
  const there = KINDS.filter((kind) => entries.some((entry) => entry.kind === kind));

  const go = async (): Promise<void> => {
    setReading(true);
    await readMore();
    setReading(false);
  };
  const { ref, entry: end } = useIntersection({ rootMargin: "200px" });
  const atEnd = end?.isIntersecting === true;
  useEffect(() => {
    if (atEnd && more && !reading) void go();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- to read on is always the same
  }, [atEnd, more, reading, lines.length]);

  return (
    <section aria-labelledby="history">
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4" id="history">
          {t("one.history")}
        </Title>
        {there.length > 1 && (
          <Chip.Group multiple value={kinds} onChange={setKinds}>
            <Group gap={6} role="group" aria-label={t("history.only")}>
              {there.map((kind) => (
                <Chip key={kind} value={kind} size="xs" variant="outline">
                  {t(`history.kind.${kind}`)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        )}
      </Group>
      {row?.status === "TEMPORARY" && row.expiresAt && kinds.length === 0 && (
        <p className={styles.ahead}>
          <span>{t("history.runsOut", { when: moment(row.expiresAt, i18n.language) })}</span>
          <Countdown row={row} />
        </p>
      )}
      {days.map(({ at, entries }) => (
        <section key={at} className={styles.day} aria-label={day(at, i18n.language)}>
          <Title order={3} size="h6" className={styles.date}>
            {day(at, i18n.language)}
          </Title>
          <ol className={styles.entries}>
            {entries.map((entry) => (
              <li key={entry.key} className={styles.entry} data-kind={entry.kind}>
                <Told entry={entry} />
              </li>
            ))}
          </ol>
        </section>
      ))}
      {more && (
        <Button ref={ref} variant="default" mt="md" loading={reading} onClick={() => void go()}>
          {t("one.more")}
        </Button>
      )}
    </section>
  );
}

function Told({ entry }: { entry: Entry<Line> }): ReactNode {
  const node = entry.lines.at(-1)?.node;
  if (node?.__typename === "PermissionRequest") return <RequestTold request={node} at={entry.at} />;
  if (node?.__typename === "Call") return <CallTold call={node} entry={entry} />;
  return <LineTold entry={entry} />;
}

interface Step {
  name: string;
  at: string;
}

/** What happened, what came of it, and its steps with their times. */
function Shown({
  what,
  came,
  good,
  words,
  trouble,
  by,
  steps,
  at,
  seconds,
}: {
  what: string;
  came?: string | undefined;
  good?: boolean | undefined;
  words?: string | undefined;
  trouble?: string | null | undefined;
  by?: string | null | undefined;
  steps: readonly Step[];
  at: string;
  seconds?: boolean;
}): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <>
      <Group gap="0 8px" align="baseline">
        <Text fw={600}>{what}</Text>
        {came && (
          <Text size="sm" fw={600} className={styles.came} data-good={good}>
            {came}
          </Text>
        )}
        {by && (
          <Text size="sm" c="dimmed">
            {t("event.byWhom", { name: by })}
          </Text>
        )}
      </Group>
      {words && <blockquote className={styles.words}>{words}</blockquote>}
      {trouble && (
        <Text size="sm" className={styles.trouble}>
          {trouble}
        </Text>
      )}
      <ol className={styles.steps}>
        {steps.map(({ name, at: when }) => (
          <li key={`${name} ${when}`}>
            {name}{" "}
            <time dateTime={when} title={moment(when, i18n.language)}>
              {clockOn(when, at, i18n.language, seconds)}
            </time>
          </li>
        ))}
      </ol>
    </>
  );
}

function RequestTold({ request, at }: { request: Request; at: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const words = useRequestWords();
  const fate = useRequestFate();
  const steps = [
    { name: t("history.step.asked"), at: request.queuedAt },
    { name: t("history.step.sent"), at: request.sentAt },
    { name: t("history.step.delivered"), at: request.deliveredAt },
    { name: t("history.step.read"), at: request.readAt },
    { name: t("history.step.answered"), at: request.answeredAt },
  ].filter((step): step is Step => step.at !== null);
  const waits = ["SENT", "DELIVERED", "READ"].includes(request.requestStatus) && request.expiresAt;
  const until =
    waits && request.expiresAt ? t("history.until", { when: moment(request.expiresAt, i18n.language) }) : "";
  return (
    <Shown
      what={t("history.request")}
      came={[fate({ answer: request.answer, status: request.requestStatus }), until].filter(Boolean).join(" · ")}
      good={request.answer === null ? undefined : request.answer !== "DECLINED"}
      words={words(request)}
      trouble={request.failure}
      by={request.requestedBy}
      steps={steps}
      at={at}
    />
  );
}

function CallTold({ call, entry }: { call: Call; entry: Entry<Line> }): ReactNode {
  const { t } = useTranslation();
  const fate = useCallFate();
  const statuses: Record<string, string> = t("callStatus", { returnObjects: true });
  const steps: Step[] = [];
  for (const { status, occurredAt } of entry.lines) {
    const name = statuses[status ?? ""] ?? "";
    if (steps.at(-1)?.name !== name) steps.push({ name, at: occurredAt });
  }
  const incoming = call.direction === "USER_INITIATED";
  return (
    <Shown
      what={incoming ? t("history.incoming") : t("history.call")}
      came={fate({ ...call, status: call.callStatus, direction: "BUSINESS_INITIATED" })}
      good={call.callStatus === "COMPLETED" ? true : undefined}
      trouble={call.failure}
      by={call.placedBy}
      steps={steps}
      at={entry.at}
      seconds
    />
  );
}

function LineTold({ entry }: { entry: Entry<Line> }): ReactNode {
  const { t } = useTranslation();
  const line = entry.lines.at(-1);
  if (!line) return null;
  const statuses: Record<string, string> = t("status", { returnObjects: true });
  const causes: Record<string, string> = t("cause", { returnObjects: true });
  const cause = causes[line.cause] ?? "";
  if (entry.kind === "details") {
    return (
      <Shown
        what={line.cause === "CREATED" ? t("event.customerCreated") : t("event.customerUpdated")}
        came={line.cause === "CREATED" || line.cause === "UPDATED" ? undefined : cause}
        by={line.actor}
        steps={[{ name: "", at: line.occurredAt }]}
        at={entry.at}
      />
    );
  }
  const to = statuses[line.status ?? ""] ?? line.status ?? "";
  const from = statuses[line.previousStatus ?? ""];
  return (
    <Shown
      what={from === undefined || from === to ? t("event.permissionNow", { to }) : t("event.permission", { from, to })}
      by={line.actor}
      steps={[{ name: cause, at: line.occurredAt }]}
      at={entry.at}
    />
  );
}
