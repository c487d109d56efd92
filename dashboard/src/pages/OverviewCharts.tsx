import "@mantine/charts/styles.css";

import { BarChart, LineChart } from "@mantine/charts";
import { SimpleGrid, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { ReportQuery } from "../gql/graphql";
import { msOf, share, span } from "../ground/format";

type Day = ReportQuery["permissionReport"]["days"][number];

/** What came of asking and of calling, day by day, with the numbers on hover. */
export default function OverviewCharts({ days }: { days: readonly Day[] }): ReactNode {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const data = days.map(({ day, figures }) => ({
    day: short.format(new Date(`${day}T00:00:00Z`)),
    ...figures,
    time: figures.averageTimeToAnswer === null ? null : msOf(figures.averageTimeToAnswer),
  }));
  const plain = { h: 240, data, dataKey: "day", withLegend: true, tickLine: "none" } as const;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
      <Chart title={t("overview.answers")}>
        <BarChart
          {...plain}
          type="stacked"
          yAxisProps={{ allowDecimals: false }}
          series={[
            { name: "allowed", label: t("overview.allowed"), color: "teal.7" },
            { name: "declined", label: t("overview.declined"), color: "red.7" },
            { name: "ignored", label: t("overview.ignored"), color: "gray.5" },
            { name: "awaited", label: t("overview.awaited"), color: "yellow.5" },
          ]}
        />
      </Chart>
      <Chart title={t("overview.calls")}>
        <BarChart
          {...plain}
          type="stacked"
          yAxisProps={{ allowDecimals: false }}
          series={[
            { name: "callsConnected", label: t("overview.connected"), color: "blue.7" },
            { name: "callsMissed", label: t("overview.missed"), color: "orange.6" },
          ]}
        />
      </Chart>
      <Chart title={t("overview.acceptance")}>
        <LineChart
          {...plain}
          connectNulls
          yAxisProps={{ domain: [0, 1] }}
          valueFormatter={(value) => share(value, locale)}
          series={[{ name: "acceptance", label: t("overview.acceptance"), color: "teal.7" }]}
        />
      </Chart>
      <Chart title={t("overview.time")}>
        <LineChart
          {...plain}
          connectNulls
          valueFormatter={(value) => span(value, locale)}
          yAxisProps={{ width: 80 }}
          series={[{ name: "time", label: t("overview.time"), color: "grape.6" }]}
        />
      </Chart>
    </SimpleGrid>
  );
}

function Chart({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <section aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  );
}
