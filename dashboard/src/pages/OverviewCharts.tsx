import "@mantine/charts/styles.css";

import { AreaChart, BarChart } from "@mantine/charts";
import { ScrollArea, Table, Title } from "@mantine/core";
import type { ReactNode } from "react";

import type { HowItWentQuery } from "../gql/graphql";
import { count, msOf, share, span } from "../ground/format";
import { useTranslation } from "../words";
import styles from "./Overview.module.css";

type Day = HowItWentQuery["report"]["days"][number];

const WINDOW = 7; // days: one alone says little of a rate where few are asked

interface Parts {
  days: readonly Day[];
  /** As many before these, for what is reckoned over several days. */
  before: readonly Day[];
  locale: string;
}

/** What came of asking and of calling, day by day: drawn, and as a table. */
export default function OverviewCharts({ days, before, locale }: Parts): ReactNode {
  const { t } = useTranslation();
  const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const named = (day: string): string => short.format(new Date(`${day}T00:00:00Z`));
  const all = [...before, ...days];
  const data = days.map(({ day, figures }, at) => ({
    day: named(day),
    ...figures,
    ...rates(all.slice(Math.max(0, before.length + at - WINDOW + 1), before.length + at + 1)),
  }));
  const plain = {
    h: 210,
    data,
    dataKey: "day",
    tickLine: "none",
    gridAxis: "x",
    strokeDasharray: "2 5",
    xAxisProps: { interval: "equidistantPreserveStart" },
  } as const;
  const drawn = { accessibilityLayer: false, margin: { top: 10 } };
  const bars = { ...plain, type: "stacked", maxBarWidth: 26, barChartProps: drawn } as const;
  const lines = {
    ...plain,
    connectNulls: true,
    curveType: "monotone",
    withDots: false,
    fillOpacity: 0.16,
    areaChartProps: drawn,
  } as const;
  const parts = (["allowed", "declined", "ignored", "awaited", "failed"] as const).filter(
    (word) => word !== "failed" || days.some(({ figures }) => figures.failed > 0),
  );
  return (
    <>
      <div className={styles.charts}>
        <Chart title={t("overview.answers")} parts={parts}>
          <BarChart
            {...bars}
            yAxisProps={{ allowDecimals: false, width: 30 }}
            series={parts.map((word) => ({ name: word, label: t(`overview.${word}`), color: `var(--part-${word})` }))}
          />
        </Chart>
        <Chart title={t("overview.calls")} parts={["connected", "missed"]}>
          <BarChart
            {...bars}
            yAxisProps={{ allowDecimals: false, width: 30 }}
            series={[
              { name: "callsConnected", label: t("overview.connected"), color: "var(--part-connected)" },
              { name: "callsMissed", label: t("overview.missed"), color: "var(--part-missed)" },
            ]}
          />
        </Chart>
        <Chart title={t("overview.acceptanceOver")}>
          <AreaChart
            {...lines}
            yAxisProps={{ domain: [0, 1], width: 46 }}
            valueFormatter={(value) => share(value, locale)}
            series={[{ name: "acceptance", label: t("overview.acceptance"), color: "var(--part-allowed)" }]}
          />
        </Chart>
        <Chart title={t("overview.timeOver")}>
          <AreaChart
            {...lines}
            yAxisProps={{ width: 64 }}
            valueFormatter={(value) => span(value, locale)}
            series={[{ name: "time", label: t("overview.time"), color: "var(--part-connected)" }]}
          />
        </Chart>
      </div>
      <Numbers days={days} named={named} locale={locale} />
    </>
  );
}

/** Acceptance and the time to answer over several days together; null where nobody answered. */
function rates(days: readonly Day[]): { acceptance: number | null; time: number | null } {
  let [allowed, answered, over, ms] = [0, 0, 0, 0];
  for (const { figures } of days) {
    const mine = figures.allowed + figures.declined;
    allowed += figures.allowed;
    answered += mine;
    over += mine + figures.ignored;
    ms += figures.averageTimeToAnswer === null ? 0 : msOf(figures.averageTimeToAnswer) * mine;
  }
  return { acceptance: over > 0 ? allowed / over : null, time: answered > 0 ? ms / answered : null };
}

type Part = "allowed" | "declined" | "ignored" | "awaited" | "failed" | "connected" | "missed";

interface ChartParts {
  title: string;
  parts?: readonly Part[];
  children: ReactNode;
}

function Chart({ title, parts = [], children }: ChartParts): ReactNode {
  const { t } = useTranslation();
  return (
    <section aria-label={title} className={styles.panel}>
      <Title order={2} size="h4">
        {title}
      </Title>
      {/* What is drawn stands in the table below, for those who read instead of looking. */}
      <div aria-hidden>
        {children}
        <ul className={styles.legend}>
          {parts.map((word) => (
            <li key={word} data-part={word}>
              {t(`overview.${word}`)}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

const COLUMNS = [
  "sent",
  "allowed",
  "declined",
  "ignored",
  "awaited",
  "failed",
  "acceptance",
  "time",
  "connected",
  "missed",
] as const;

function Numbers({
  days,
  named,
  locale,
}: {
  days: readonly Day[];
  named: (day: string) => string;
  locale: string;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <details className={styles.numbers}>
      <summary>{t("overview.numbers")}</summary>
      <ScrollArea type="auto">
        <Table miw={880} stickyHeader={false} aria-label={t("overview.numbers")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("overview.day")}</Table.Th>
              {COLUMNS.map((word) => (
                <Table.Th key={word} ta="right">
                  {t(`overview.${word}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days.toReversed().map(({ day, figures }) => (
              <Table.Tr key={day}>
                <Table.Th scope="row">{named(day)}</Table.Th>
                {[
                  count(figures.requestsSent, locale),
                  count(figures.allowed, locale),
                  count(figures.declined, locale),
                  count(figures.ignored, locale),
                  count(figures.awaited, locale),
                  count(figures.failed, locale),
                  figures.acceptance === null ? "–" : share(figures.acceptance, locale),
                  figures.averageTimeToAnswer === null ? "–" : span(msOf(figures.averageTimeToAnswer), locale),
                  count(figures.callsConnected, locale),
                  count(figures.callsMissed, locale),
                ].map((shown, at) => (
                  <Table.Td key={COLUMNS[at]} ta="right">
                    {shown}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </details>
  );
}
