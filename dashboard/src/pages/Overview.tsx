import { Button, SegmentedControl, Skeleton, Stack, Text, Title } from "@mantine/core";
import {
  IconArrowDownRight,
  IconArrowUpRight,
  IconClockExclamation,
  IconHourglassLow,
  IconPhoneCall,
} from "@tabler/icons-react";
import { type ReactNode, Suspense, lazy, useCallback, useEffect, useRef, useState } from "react";
import { Link } from "wouter";

import { faultText } from "../answers";
import { useDesk, useNews } from "../desk";
import type { HowItWentQuery } from "../gql/graphql";
import { useWord } from "../ground/address";
import { serverNow } from "../ground/clock";
import { count, msOf, share, span } from "../ground/format";
import { useNumber } from "../number";
import { Trouble } from "../parts/Trouble";
import { useTranslation } from "../words";
import { HowItWent } from "./Overview.graphql";
import styles from "./Overview.module.css";

const Charts = lazy(() => import("./OverviewCharts"));

const DAY = 86_400_000;
const REST = 2500; // ms between two readings, however much happens
const SPANS = { week: 7, month: 30, quarter: 90 } as const;
type Span = keyof typeof SPANS;
type Figures = HowItWentQuery["report"]["totals"];

const TIMEZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** How many may be called, and what came of asking and of calling: for whoever may read both. */
export default function Overview(): ReactNode {
  const { t } = useTranslation();
  const { may } = useDesk();
  if (may("permissions:read") && may("calls:read")) return <Report />;
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">
        {t("nav.overview")}
      </Title>
      <Text c="dimmed">{t("overview.mayNot")}</Text>
    </Stack>
  );
}

/** The numbers of now, and of some days beside those of as many days before. */
function Report(): ReactNode {
  const { t, i18n } = useTranslation();
  const { client, reading } = useDesk();
  const [number] = useNumber();
  const [word, setWord] = useWord("span");
  const chosen: Span = word !== null && word in SPANS ? (word as Span) : "month";
  const days = SPANS[chosen];
  const [told, setTold] = useState<HowItWentQuery | null>(null);
  const [error, setError] = useState<string | null>(null);
  const asked = useRef(0);

  const read = useCallback(async () => {
    const mine = ++asked.current;
    const now = serverNow();
    const ago = (many: number): string => dayOf(now - many * DAY);
    const range = { from: ago(days - 1), to: dayOf(now), earlier: ago(2 * days - 1), before: ago(days) };
    const { data, error } = await client
      .query(HowItWent, { ...range, timezone: TIMEZONE, number: number.id })
      .toPromise();
    if (mine !== asked.current) return;
    setError(data ? null : faultText(error));
    if (data) setTold(data);
  }, [days, client, number.id]);
  useEffect(() => void read(), [read, reading]);

  // What is counted moves with everything that happens: read again, but not a hundred times a second.
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useNews(() => {
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      void read();
    }, REST);
  });

  const locale = i18n.language;
  return (
    <Stack gap="lg">
      <div className={styles.head}>
        <Title order={1} size="h2">
          {t("nav.overview")}
        </Title>
        <SegmentedControl
          aria-label={t("overview.span")}
          value={chosen}
          onChange={(value) => setWord(value === "month" ? null : value)}
          data={(Object.keys(SPANS) as Span[]).map((name) => ({ value: name, label: t(`overview.spans.${name}`) }))}
        />
      </div>
      {error !== null && <Trouble message={error} retry={() => void read()} />}
      <section aria-label={t("overview.now")} className={styles.now}>
        <Standing
          icon={<IconPhoneCall size={22} stroke={1.7} />}
          label={t("overview.callableNow")}
          value={told?.report.callableNow}
          href="/call-now"
          strong
        />
        <Standing
          icon={<IconHourglassLow size={22} stroke={1.7} />}
          label={t("overview.today")}
          value={told?.report.runningOutToday}
          href="/customers?within=24h&sort=ending"
        />
        <Standing
          icon={<IconClockExclamation size={22} stroke={1.7} />}
          label={t("overview.week")}
          value={told?.report.runningOutThisWeek}
          href="/customers?within=7d&sort=ending"
        />
      </section>
      {told === null ? (
        <Waiting />
      ) : told.report.totals.requestsSent + told.report.totals.callsPlaced === 0 ? (
        <Nothing />
      ) : (
        <>
          <Came now={told.report.totals} before={told.earlier.totals} days={days} />
          <Suspense fallback={<Skeleton height={652} className={styles.waiting} />}>
            <Charts days={told.report.days} before={told.earlier.days} locale={locale} />
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

function Waiting(): ReactNode {
  return (
    <div aria-busy className={styles.waiting}>
      <Skeleton height={167} mb="lg" />
      <Skeleton height={652} />
    </div>
  );
}

function Nothing(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={styles.nothing}>
      <Title order={2} size="h3">
        {t("overview.nothing")}
      </Title>
      <Text c="dimmed" maw={440}>
        {t("overview.nothingWhy")}
      </Text>
      <Button component={Link} href="/customers">
        {t("callNow.toCustomers")}
      </Button>
    </div>
  );
}

interface StandingParts {
  icon: ReactNode;
  label: string;
  value: number | undefined;
  href: string;
  strong?: boolean;
}

/** One number of this moment, which leads to whom it counts. */
function Standing({ icon, label, value, href, strong = false }: StandingParts): ReactNode {
  const { i18n } = useTranslation();
  return (
    <Link href={href} className={styles.standing} data-strong={strong}>
      <span className={styles.icon} aria-hidden>
        {icon}
      </span>
      <span>
        <span className={styles.value}>{value === undefined ? "–" : count(value, i18n.language)}</span>
        <span className={styles.label}>{label}</span>
      </span>
    </Link>
  );
}

/** What came of it, each number beside the same of as many days before. */
function Came({ now, before, days }: { now: Figures; before: Figures; days: number }): ReactNode {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const took = (figures: Figures): number | null =>
    figures.averageTimeToAnswer === null ? null : msOf(figures.averageTimeToAnswer);
  const figures = [
    {
      word: "sent",
      now: now.requestsSent,
      before: before.requestsSent,
      shown: count(now.requestsSent, locale),
      better: 0,
    },
    { word: "allowed", now: now.allowed, before: before.allowed, shown: count(now.allowed, locale), better: 1 },
    {
      word: "acceptance",
      now: now.acceptance,
      before: before.acceptance,
      shown: now.acceptance === null ? "–" : share(now.acceptance, locale),
      better: 1,
    },
    {
      word: "time",
      now: took(now),
      before: took(before),
      shown: took(now) === null ? "–" : span(took(now) ?? 0, locale),
      better: -1,
    },
    {
      word: "connected",
      now: now.callsConnected,
      before: before.callsConnected,
      shown: count(now.callsConnected, locale),
      better: 1,
    },
    {
      word: "missed",
      now: now.callsMissed,
      before: before.callsMissed,
      shown: count(now.callsMissed, locale),
      better: -1,
    },
  ] as const;
  return (
    <section aria-label={t("overview.came")} className={styles.panel}>
      <dl className={styles.figures}>
        {figures.map(({ word, now, before, shown, better }) => (
          <div key={word} className={styles.figure}>
            <dt>{t(`overview.${word}`)}</dt>
            <dd>
              <span className={styles.value}>{shown}</span>
              <Change now={now} before={before} better={better} />
            </dd>
          </div>
        ))}
      </dl>
      <Shares figures={now} />
      <Text size="xs" c="dimmed">
        {t("overview.against", { count: days })}
      </Text>
    </section>
  );
}

function Change({ now, before, better }: { now: number | null; before: number | null; better: -1 | 0 | 1 }): ReactNode {
  const { t, i18n } = useTranslation();
  if (now === null || before === null || before === 0) return <span className={styles.change} />;
  const change = now / before - 1;
  const shown = new Intl.NumberFormat(i18n.language, {
    style: "percent",
    signDisplay: "exceptZero",
    maximumFractionDigits: 0,
  }).format(change);
  const good = better === 0 || Math.abs(change) < 0.005 ? "even" : change > 0 === better > 0 ? "better" : "worse";
  const Arrow = change < 0 ? IconArrowDownRight : IconArrowUpRight;
  return (
    <span className={styles.change} data-good={good} title={t(`overview.${good}`)}>
      {Math.abs(change) >= 0.005 && <Arrow size={14} stroke={2} aria-hidden />}
      {shown}
    </span>
  );
}

/** What became of the requests, as parts of one line. */
function Shares({ figures }: { figures: Figures }): ReactNode {
  const { t, i18n } = useTranslation();
  const parts = (["allowed", "declined", "ignored", "awaited", "failed"] as const).filter((word) => figures[word] > 0);
  return (
    <div>
      <div className={styles.bar} aria-hidden>
        {parts.map((word) => (
          <span key={word} data-part={word} style={{ flexGrow: figures[word] }} />
        ))}
      </div>
      <ul className={styles.legend}>
        {parts.map((word) => (
          <li key={word} data-part={word}>
            {t(`overview.${word}`)} <b>{count(figures[word], i18n.language)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
