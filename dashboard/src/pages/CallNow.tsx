import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";

import { type Row, useDesk } from "../desk";
import { useKeys } from "../ground/keys";
import { useRow } from "../ground/rows";
import { useNow } from "../ground/tick";
import { useNumber } from "../number";
import { AskButton, CallButton, nameOf } from "../parts/Buttons";
import { Countdown } from "../parts/Countdown";
import { Status } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { useDoings } from "../parts/doings";
import { refusalText } from "../parts/refusals";
import { usePermissions } from "../permissions";
import styles from "./CallNow.module.css";

const HOUR = 3_600_000;
const SECTIONS = [
  { key: "hour", until: HOUR },
  { key: "today", until: 24 * HOUR },
  { key: "days", until: 72 * HOUR },
  { key: "later", until: Number.POSITIVE_INFINITY },
] as const;

type Section = (typeof SECTIONS)[number]["key"] | "forGood";

/** Whom may we ring at this moment: soonest to run out first. */
export default function CallNow(): ReactNode {
  const { t } = useTranslation();
  const [number] = useNumber();
  const { rows } = useDesk();
  const businessNumberId = number.id;
  const now = useNow();
  const open = usePermissions({ filter: { businessNumberId, callableNow: true }, orderBy: "EXPIRES_AT" }, true);
  const held = usePermissions(
    { filter: { businessNumberId, callableNow: false, statuses: ["TEMPORARY", "PERMANENT"] }, orderBy: "EXPIRES_AT" },
    true,
  );

  const sections = new Map<Section, string[]>();
  for (const id of open.ids) {
    const row = rows.get(id);
    if (!row) continue;
    const left = row.expiresAt && row.status !== "PERMANENT" ? Date.parse(row.expiresAt) - now : null;
    const section = left === null ? "forGood" : (SECTIONS.find(({ until }) => left <= until)?.key ?? "later");
    sections.set(section, [...(sections.get(section) ?? []), id]);
  }

  const list = useRef<HTMLDivElement>(null);
  const step = (by: number): void => {
    const cards = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const here = cards.findIndex((card) => card.contains(document.activeElement));
    cards[Math.min(Math.max(0, here + by), cards.length - 1)]?.focus();
  };
  useKeys({ j: () => step(1), k: () => step(-1) });

  const empty = open.read && held.read && open.ids.length === 0 && held.ids.length === 0;
  return (
    <Stack ref={list}>
      <div>
        <Title order={1} size="h2">
          {t("callNow.title")}
        </Title>
        <Text c="dimmed" role="status" mih={25}>
          {open.read ? t("callNow.lead", { count: open.ids.length }) + (open.more ? " +" : "") : ""}
        </Text>
      </div>
      {open.error !== null && <Trouble message={open.error} retry={open.reload} />}
      {empty && (
        <Stack align="center" py="xl">
          <Title order={2} size="h3">
            {t("callNow.noneTitle")}
          </Title>
          <Text>{t("callNow.noneWhy")}</Text>
          <Button component={Link} href="/customers">
            {t("callNow.toCustomers")}
          </Button>
        </Stack>
      )}
      {(["hour", "today", "days", "later", "forGood"] as const).map((key) => {
        const ids = sections.get(key);
        return (
          ids && (
            <section key={key} aria-labelledby={`within-${key}`}>
              <Title order={2} size="h4" id={`within-${key}`} mb="xs" data-urgency={key} className={styles.urgency}>
                {t(`callNow.within.${key}`)}
              </Title>
              <div className={styles.cards}>
                {ids.map((id) => (
                  <Person key={id} id={id} />
                ))}
              </div>
            </section>
          )
        );
      })}
      {open.more && (
        <Button variant="default" onClick={open.loadMore} loading={open.loading}>
          {t("requests.more")}
        </Button>
      )}
      {held.ids.length > 0 && (
        <section aria-labelledby="held">
          <Title order={2} size="h4" id="held" mb="xs">
            {t("callNow.blocked")}
          </Title>
          <div className={styles.cards}>
            {held.ids.map((id) => (
              <Person key={id} id={id} />
            ))}
          </div>
        </section>
      )}
    </Stack>
  );
}

function Person({ id }: { id: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const { rows, may } = useDesk();
  const { ask, call } = useDoings();
  const [, go] = useLocation();
  const row = useRow(rows, id);
  if (!row) return null;
  const changed = rows.markedAt(id);
  const keys = (event: React.KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") go(`/customers/${row.customer.id}`);
    else if (event.key === "c" && row.canCall.allowed && may("calls:write")) call(row);
    else if (event.key === "r" && row.canRequest.allowed && may("permissions:request")) ask(row);
  };
  return (
    <Card
      component="article"
      withBorder
      padding="sm"
      data-row
      tabIndex={0}
      aria-label={nameOf(row)}
      className={styles.card}
      data-changed={changed !== undefined}
      onKeyDown={keys}
    >
      <Group justify="space-between" wrap="nowrap" align="start">
        <div className={styles.who}>
          <Link href={`/customers/${row.customer.id}`} className={styles.name} tabIndex={-1}>
            {nameOf(row)}
          </Link>
          <Text size="sm" c="dimmed" truncate>
            {[row.customer.name ? row.customer.phone : null, ...row.customer.tags].filter(Boolean).join(" · ")}
          </Text>
        </div>
        <Countdown row={row} />
      </Group>
      <Warnings row={row} />
      <Group justify="space-between" mt="xs">
        <Status status={row.status} />
        <Group gap={6}>
          <CallButton row={row} />
        </Group>
      </Group>
      {!row.canCall.allowed && (
        <Text size="sm" mt={6}>
          {row.canCall.blockers.map((blocker) => refusalText(blocker, t, i18n.language)).join(" ")}
        </Text>
      )}
      {!row.canCall.allowed && row.canRequest.allowed && row.status !== "TEMPORARY" && <AskButton row={row} />}
    </Card>
  );
}

function Warnings({ row }: { row: Row }): ReactNode {
  const { t } = useTranslation();
  return row.canCall.cautions.map((caution) => (
    <Text key={caution} size="sm" className={styles.warning}>
      {t(`caution.${caution}`)}
    </Text>
  ));
}
