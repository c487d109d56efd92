import { Group, SegmentedControl, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, Suspense, lazy, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { faultText } from "../answers";
import { useDesk, useNews } from "../desk";
import type { ReportQuery } from "../gql/graphql";
import { useWord } from "../ground/address";
import { serverNow } from "../ground/clock";
import { count, msOf, share, span } from "../ground/format";
import { useNumber } from "../number";
import { Trouble } from "../parts/Trouble";
import { Report } from "./Overview.graphql";
import styles from "./Overview.module.css";

const Charts = lazy(() => import("./OverviewCharts"));

const SPANS = { week: 7, month: 30, quarter: 90 } as const;
type Span = keyof typeof SPANS;

const TIMEZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** How many may be called, and what came of asking and of calling. */
export default function Overview(): ReactNode {
  const { t, i18n } = useTranslation();
  const { client, reading } = useDesk();
  const [number] = useNumber();
  const [word, setWord] = useWord("span");
  const chosen: Span = word !== null && word in SPANS ? (word as Span) : "month";
  const [report, setReport] = useState<ReportQuery["permissionReport"] | null>(null);
  const [error, setError] = useState<string | null>(null);

  const read = useCallback(async () => {
    const now = serverNow();
    const variables = {
      from: dayOf(now - (SPANS[chosen] - 1) * 86_400_000),
      to: dayOf(now),
      timezone: TIMEZONE,
      number: number.id,
    };
    const { data, error } = await client.query(Report, variables).toPromise();
    setError(data ? null : faultText(error));
    if (data) setReport(data.permissionReport);
  }, [chosen, client, number.id]);
  useEffect(() => void read(), [read, reading]);

  // What is counted moves with everything that happens: read again, but not a hundred times a second.
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useNews(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      void read();
    }, 1000);
  });

  const locale = i18n.language;
  const totals = report?.totals;
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("nav.overview")}
        </Title>
        <SegmentedControl
          aria-label={t("overview.span")}
          value={chosen}
          onChange={(value) => setWord(value === "month" ? null : value)}
          data={(Object.keys(SPANS) as Span[]).map((name) => ({ value: name, label: t(`overview.spans.${name}`) }))}
        />
      </Group>
      {error !== null && <Trouble message={error} retry={() => void read()} />}
      {report === null ? (
        <Skeleton height={220} />
      ) : (
        <>
          <SimpleGrid cols={{ base: 1, xs: 3 }}>
            <Figure label={t("overview.callableNow")} value={count(report.callableNow, locale)} href="/call-now" />
            <Figure
              label={t("overview.today")}
              value={count(report.runningOutToday, locale)}
              href="/customers?within=24h&sort=ending"
            />
            <Figure
              label={t("overview.week")}
              value={count(report.runningOutThisWeek, locale)}
              href="/customers?within=7d&sort=ending"
            />
          </SimpleGrid>
          {totals && (
            <SimpleGrid cols={{ base: 2, xs: 3, md: 6 }}>
              <Figure label={t("overview.sent")} value={count(totals.requestsSent, locale)} />
              <Figure label={t("overview.allowed")} value={count(totals.allowed, locale)} />
              <Figure
                label={t("overview.acceptance")}
                value={totals.acceptance === null ? "–" : share(totals.acceptance, locale)}
              />
              <Figure
                label={t("overview.time")}
                value={totals.averageTimeToAnswer === null ? "–" : span(msOf(totals.averageTimeToAnswer), locale)}
              />
              <Figure label={t("overview.connected")} value={count(totals.callsConnected, locale)} />
              <Figure label={t("overview.missed")} value={count(totals.callsMissed, locale)} />
            </SimpleGrid>
          )}
          <Suspense fallback={<Skeleton height={320} />}>
            <Charts days={report.days} />
          </Suspense>
        </>
      )}
    </Stack>
  );
}

/** The day at a moment where this browser is, as 2026-11-20. */
function dayOf(ms: number): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: TIMEZONE }).format(ms);
}

function Figure({ label, value, href }: { label: string; value: string; href?: string }): ReactNode {
  const shown = (
    <>
      <span className={styles.value}>{value}</span>
      <Text size="sm" c="dimmed" component="span">
        {label}
      </Text>
    </>
  );
  return href === undefined ? (
    <div className={styles.figure}>{shown}</div>
  ) : (
    <Link href={href} className={styles.figure}>
      {shown}
    </Link>
  );
}
