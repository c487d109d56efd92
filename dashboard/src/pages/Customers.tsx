import { Button, Group, MultiSelect, Select, Stack, Switch, TagsInput, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";

import { type Row, useDesk, useNews } from "../desk";
import type { CallPermissionFilter, CallPermissionStatus } from "../gql/graphql";
import { useWord, useWords } from "../ground/address";
import { serverNow } from "../ground/clock";
import { distance } from "../ground/format";
import { useKeys } from "../ground/keys";
import { useRow } from "../ground/rows";
import { useNow } from "../ground/tick";
import { useNumber } from "../number";
import { AskButton, CallButton, nameOf } from "../parts/Buttons";
import { Countdown } from "../parts/Countdown";
import { type Column, Grid, type GridHandle } from "../parts/Grid";
import { Newer } from "../parts/Newer";
import { Status } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { useDoings } from "../parts/doings";
import { Welcome } from "../parts/Welcome";
import { type Wanted, usePermissions } from "../permissions";
import { HowManyPermissions } from "./Customers.graphql";
import styles from "./Customers.module.css";

const STATUSES: CallPermissionStatus[] = [
  "NOT_REQUESTED",
  "REQUESTED",
  "TEMPORARY",
  "PERMANENT",
  "DECLINED",
  "EXPIRED",
  "REVOKED",
];
const SORTS = ["newest", "oldest", "ending"] as const;
const SPANS = { "6h": 6, "24h": 24, "3d": 72, "7d": 168 } as const;

type Span = keyof typeof SPANS;

export default function Customers(): ReactNode {
  const { t, i18n } = useTranslation();
  const [number] = useNumber();
  const { rows, may } = useDesk();
  const { ask, call, add, bringIn } = useDoings();
  const [, go] = useLocation();

  const [search, setSearch] = useWord("search");
  const [statuses, setStatuses] = useWords("status");
  const [tags, setTags] = useWords("tag");
  const [callable, setCallable] = useWord("callable");
  const [within, setWithin] = useWord("within");
  const [sort, setSort] = useWord("sort");
  const filtered = [search, callable, within].some((word) => word !== null) || statuses.length > 0 || tags.length > 0;
  // The moment is kept as it was when the filter was chosen: else every drawing would be another question.
  const expiresBefore = useMemo(
    () => (within && within in SPANS ? new Date(serverNow() + SPANS[within as Span] * 3_600_000).toISOString() : null),
    [within],
  );

  const filter: CallPermissionFilter = {
    businessNumberId: number.id,
    ...(search && { customerSearch: search }),
    ...(statuses.length > 0 && { statuses: statuses as CallPermissionStatus[] }),
    ...(tags.length > 0 && { customerTags: tags }),
    ...(callable && { callableNow: true }),
    ...(expiresBefore && { expiresBefore }),
  };
  const wanted: Wanted =
    sort === "ending"
      ? { filter, orderBy: "EXPIRES_AT" }
      : { filter, orderBy: "CREATED_AT", backwards: sort !== "oldest" };
  const list = usePermissions(wanted);
  const total = useTotal(filter);

  const grid = useRef<GridHandle>(null);
  const searching = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(search ?? "");
  const later = useDebouncedCallback((word: string) => setSearch(word.trim() || null), 250);
  const active = (): Row | undefined => rows.get(grid.current?.active() ?? "");
  const open = (id: string): void => {
    const row = rows.get(id);
    if (row) go(`/customers/${row.customer.id}`);
  };
  useKeys({
    "/": () => searching.current?.focus(),
    j: () => grid.current?.move(1),
    k: () => grid.current?.move(-1),
    r: () => {
      const row = active();
      if (row?.canRequest.allowed && may("permissions:request")) ask(row);
    },
    c: () => {
      const row = active();
      if (row?.canCall.allowed && may("calls:write")) call(row);
    },
  });

  const columns: Column[] = [
    { key: "name", title: t("customer.name"), width: "minmax(180px, 2fr)" },
    { key: "status", title: t("customer.status"), width: "minmax(140px, 1fr)" },
    { key: "ends", title: t("customer.endsIn"), width: "minmax(110px, 0.8fr)", wideOnly: true },
    { key: "request", title: t("customer.lastRequest"), width: "minmax(140px, 1fr)", wideOnly: true },
    { key: "call", title: t("customer.lastCall"), width: "minmax(120px, 1fr)", wideOnly: true },
    { key: "do", title: "", width: "190px" },
  ];

  if (list.read && list.ids.length === 0 && !filtered && !list.loading) return <Welcome />;
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("customers.title")}
        </Title>
        <Group gap="xs">
          <Text c="dimmed" size="sm" role="status">
            {total === null ? "" : t("customers.total", { count: total })}
          </Text>
          {may("customers:write") && (
            <>
              <Button variant="default" onClick={bringIn}>
                {t("customers.import")}
              </Button>
              <Button variant="default" onClick={add}>
                {t("customers.add")}
              </Button>
            </>
          )}
        </Group>
      </Group>

      <search className={styles.filters}>
        <TextInput
          ref={searching}
          type="search"
          aria-label={t("customers.search")}
          placeholder={t("customers.search")}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            later(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <MultiSelect
          aria-label={t("customer.status")}
          placeholder={statuses.length > 0 ? "" : t("customers.anyStatus")}
          data={STATUSES.map((status) => ({ value: status, label: t(`status.${status}`) }))}
          value={statuses}
          onChange={setStatuses}
          clearable
        />
        <TagsInput
          aria-label={t("customer.tags")}
          placeholder={tags.length > 0 ? "" : t("customers.anyTag")}
          value={tags}
          onChange={setTags}
          clearable
        />
        <Select
          aria-label={t("customers.expiring")}
          placeholder={t("customers.expiring")}
          data={[
            { value: "6h", label: t("customers.hours", { count: 6 }) },
            { value: "24h", label: t("customers.hours", { count: 24 }) },
            { value: "3d", label: t("customers.days", { count: 3 }) },
            { value: "7d", label: t("customers.days", { count: 7 }) },
          ]}
          value={within}
          onChange={setWithin}
          clearable
        />
        <Select
          aria-label={t("customers.sort")}
          data={SORTS.map((name) => ({ value: name, label: t(`customers.sorts.${name}`) }))}
          value={sort ?? "newest"}
          onChange={(value) => setSort(value === "newest" ? null : value)}
          allowDeselect={false}
        />
        <Switch
          label={t("customers.callable")}
          checked={callable !== null}
          onChange={(event) => setCallable(event.currentTarget.checked ? "now" : null)}
        />
      </search>

      {list.error !== null && <Trouble message={list.error} retry={list.reload} />}
      <Newer there={list.stale} show={list.reload} />
      <Grid
        label={t("customers.table")}
        columns={columns}
        ids={list.ids}
        atEnd={list.loadMore}
        open={open}
        handle={grid}
        row={(id, cell) => <Cells key={id} id={id} cell={cell} locale={i18n.language} left={list.left.has(id)} />}
      />
      {list.read && list.ids.length === 0 && !list.loading && (
        <Group justify="center" py="xl">
          <Text>{t("customers.none")}</Text>
          <Button variant="default" size="compact-sm" onClick={() => go("/customers")}>
            {t("customers.clear")}
          </Button>
        </Group>
      )}
      <Text size="sm" c="dimmed" ta="center" role="status" mih={22}>
        {list.loading && list.ids.length > 0 ? t("customers.loading") : ""}
      </Text>
    </Stack>
  );
}

function useTotal(filter: CallPermissionFilter): number | null {
  const { client, reading } = useDesk();
  const [total, setTotal] = useState<number | null>(null);
  const [turn, setTurn] = useState(0);
  const wanted = JSON.stringify(filter);
  useNews((changes) => {
    if (changes.some((change) => change.kind === "CUSTOMER")) setTurn((before) => before + 1);
  });
  useEffect(() => {
    let over = false;
    const timer = window.setTimeout(() => {
      void client
        .query(HowManyPermissions, { filter: JSON.parse(wanted) as CallPermissionFilter })
        .toPromise()
        .then(({ data }) => {
          if (!over && data) setTotal(data.callPermissions.totalCount);
        });
    }, 300);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [client, wanted, reading, turn]);
  return total;
}

interface CellsParts {
  id: string;
  cell: (key: string, content: ReactNode) => ReactNode;
  locale: string;
  /** It stays where it is until the list is read again, though it no longer belongs there. */
  left: boolean;
}

function Cells({ id, cell, locale, left }: CellsParts): ReactNode {
  const { t } = useTranslation();
  const { rows } = useDesk();
  const row = useRow(rows, id);
  const now = useNow();
  if (!row) return null;
  const { latestRequest, latestCall } = row;
  const changed = rows.markedAt(id);
  return (
    <>
      {cell(
        "name",
        <div className={styles.who}>
          {changed !== undefined && <span key={changed} className={styles.mark} aria-hidden />}
          <Link href={`/customers/${row.customer.id}`} className={styles.name} tabIndex={-1}>
            {nameOf(row)}
          </Link>
          <Text size="sm" c="dimmed" truncate>
            {[row.customer.name ? row.customer.phone : null, ...row.customer.tags].filter(Boolean).join(" · ")}
          </Text>
        </div>,
      )}
      {cell(
        "status",
        <>
          <Status status={row.status} />
          {left && (
            <Text size="xs" c="dimmed">
              {t("customers.left")}
            </Text>
          )}
        </>,
      )}
      {cell("ends", <Countdown row={row} />)}
      {cell(
        "request",
        latestRequest && (
          <div>
            <Text size="sm">
              {latestRequest.answer ? t(`answer.${latestRequest.answer}`) : t(`requestStatus.${latestRequest.status}`)}
            </Text>
            <Text size="xs" c="dimmed">
              {distance(
                latestRequest.answeredAt ??
                  latestRequest.readAt ??
                  latestRequest.deliveredAt ??
                  latestRequest.sentAt ??
                  latestRequest.queuedAt,
                now,
                locale,
              )}
            </Text>
          </div>
        ),
      )}
      {cell(
        "call",
        latestCall && (
          <div>
            <Text size="sm">{t(`callStatus.${latestCall.status}`)}</Text>
            <Text size="xs" c="dimmed">
              {distance(latestCall.endedAt ?? latestCall.queuedAt, now, locale)}
            </Text>
          </div>
        ),
      )}
      {cell(
        "do",
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <AskButton row={row} />
          <CallButton row={row} />
        </Group>,
      )}
    </>
  );
}
