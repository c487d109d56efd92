import { Button, Group, NativeSelect, Skeleton, Stack, Switch, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, Suspense, lazy, useCallback, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";

import { useDesk } from "../desk";
import type { CallPermissionFilter, CallPermissionStatus } from "../gql/graphql";
import { useWord, useWords } from "../ground/address";
import { serverNow } from "../ground/clock";
import { useKeys } from "../ground/keys";
import { ahead } from "../ground/late";
import { useRow } from "../ground/rows";
import { useNumber } from "../number";
import { AskButton, CallButton, nameOf } from "../parts/Buttons";
import { Countdown } from "../parts/Countdown";
import { type CellMaker, type Column, Grid, type GridHandle } from "../parts/Grid";
import { Ago, reachedAt, useCallFate, useRequestFate } from "../parts/Last";
import { Line, Together } from "../parts/Line";
import { Marked } from "../parts/Marked";
import { Newer } from "../parts/Newer";
import { RowMenu } from "../parts/RowMenu";
import { SearchField } from "../parts/SearchField";
import { Status } from "../parts/Status";
import { StatusFilter } from "../parts/StatusFilter";
import { TagsFilter } from "../parts/TagsFilter";
import { Trouble } from "../parts/Trouble";
import { Welcome } from "../parts/Welcome";
import { Who } from "../parts/Who";
import { useDoings } from "../parts/doings";
import { useRowKeys } from "../parts/rowKeys";
import { type Wanted, useKnownTags, usePermissions, useTotal } from "../permissions";
import { useTranslation } from "../words";
import styles from "./Customers.module.css";

const AskMany = lazy(ahead(() => import("../parts/AskMany")));

const ORDERS = ["newest", "oldest", "ending", "lasting"] as const;
const SPANS = { "6h": 6, "24h": 24, "3d": 72, "7d": 168 } as const;
const MOST = 1000; // customers that can be asked at once

type Span = keyof typeof SPANS;
type Order = (typeof ORDERS)[number];

function wantedOf(filter: CallPermissionFilter, order: Order): Wanted {
  switch (order) {
    case "newest":
      return { filter, orderBy: "CREATED_AT", backwards: true };
    case "oldest":
      return { filter, orderBy: "CREATED_AT" };
    case "ending":
      return { filter, orderBy: "EXPIRES_AT" };
    case "lasting":
      return { filter, orderBy: "EXPIRES_AT", backwards: true };
  }
}

export default function Customers(): ReactNode {
  const { t } = useTranslation();
  const [number] = useNumber();
  const { rows, may } = useDesk();
  const { add, bringIn } = useDoings();
  const [, go] = useLocation();

  const [search, setSearch] = useWord("search");
  const [statuses, setStatuses] = useWords("status");
  const [tags, setTags] = useWords("tag");
  const [callable, setCallable] = useWord("callable");
  const [within, setWithin] = useWord("within");
  const [sort, setSort] = useWord("sort");
  const order = ORDERS.find((name) => name === sort) ?? "newest";
  const setOrder = (name: Order): void => setSort(name === "newest" ? null : name);
  const used = [statuses.length > 0, tags.length > 0, callable !== null, within !== null].filter(Boolean).length;
  const filtered = used > 0 || search !== null;
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
  const list = usePermissions(wantedOf(filter, order));
  const total = useTotal(filter);
  const known = useKnownTags(list.ids);

  const grid = useRef<GridHandle>(null);
  const searching = useRef<HTMLInputElement>(null);
  const open = useRowKeys(grid, (id) => rows.get(id), searching);
  const { left } = list;
  const line = useCallback((id: string, cell: CellMaker) => <Cells id={id} cell={cell} left={left.has(id)} />, [left]);

  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);
  const choose = useCallback(
    (ids: readonly string[], on: boolean) =>
      setChosen((before) => {
        const next = new Set(before);
        for (const id of ids) {
          if (on) next.add(id);
          else next.delete(id);
        }
        return next;
      }),
    [],
  );
  const name = useCallback(
    (id: string) => {
      const row = rows.get(id);
      return row ? nameOf(row) : "";
    },
    [rows],
  );
  useKeys({ Escape: () => setChosen(new Set()) }, chosen.size > 0 && !asking);
  const mayAsk = may("permissions:request");

  const ends = { ending: "ascending", lasting: "descending" } as const;
  const columns: Column[] = [
    { key: "name", title: t("customer.name"), width: "minmax(180px, 2fr)" },
    { key: "status", title: t("customer.status"), width: "minmax(145px, 1fr)" },
    {
      key: "ends",
      title: t("customer.endsIn"),
      width: "minmax(118px, 0.8fr)",
      wideOnly: true,
      order: {
        now: order === "ending" || order === "lasting" ? ends[order] : "none",
        turn: () => setOrder(order === "ending" ? "lasting" : order === "lasting" ? "newest" : "ending"),
      },
    },
    { key: "request", title: t("customer.lastRequest"), width: "minmax(130px, 1fr)", wideOnly: true },
    { key: "call", title: t("customer.lastCall"), width: "minmax(120px, 1fr)", wideOnly: true },
    { key: "do", title: "", width: "208px" },
  ];

  const clear = (): void => go("/customers");
  if (list.read && list.ids.length === 0 && !filtered && !list.loading) return <Welcome />;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("customers.title")}
        </Title>
        {may("customers:write") && (
          <Group gap="xs">
            <Button variant="default" onClick={bringIn}>
              {t("customers.import")}
            </Button>
            <Button onClick={add}>{t("customers.add")}</Button>
          </Group>
        )}
      </Group>

      <search>
        <Filters used={used}>
          {(part) =>
            part === "search" ? (
              <SearchField word={search} search={setSearch} field={searching} />
            ) : (
              <>
                <StatusFilter chosen={statuses as CallPermissionStatus[]} choose={setStatuses} />
                <TagsFilter chosen={tags} choose={setTags} known={known} />
                <NativeSelect
                  aria-label={t("customers.expiring")}
                  classNames={{ input: within === null ? styles.unset : "" }}
                  data={[
                    { value: "", label: t("customers.expiring") },
                    { value: "6h", label: t("customers.inHours", { count: 6 }) },
                    { value: "24h", label: t("customers.inHours", { count: 24 }) },
                    { value: "3d", label: t("customers.inDays", { count: 3 }) },
                    { value: "7d", label: t("customers.inDays", { count: 7 }) },
                  ]}
                  value={within ?? ""}
                  onChange={(event) => setWithin(event.currentTarget.value || null)}
                />
                <Switch
                  label={t("customers.callable")}
                  checked={callable !== null}
                  onChange={(event) => setCallable(event.currentTarget.checked ? "now" : null)}
                />
              </>
            )
          }
        </Filters>
      </search>

      <Group justify="space-between" mih={36} wrap="nowrap">
        {chosen.size > 0 ? (
          <Group gap="xs" role="status">
            <Text size="sm" fw={600}>
              {t("customers.chosen", { count: chosen.size })}
            </Text>
            <Button size="compact-sm" disabled={chosen.size > MOST} onClick={() => setAsking(true)}>
              {t("many.button")}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setChosen(new Set())}>
              {t("customers.chooseNone")}
            </Button>
          </Group>
        ) : (
          <Text c="dimmed" size="sm" role="status">
            {total === null ? "" : t("customers.total", { count: total })}
          </Text>
        )}
        <NativeSelect
          size="xs"
          w={190}
          aria-label={t("customers.sort")}
          data={ORDERS.map((each) => ({ value: each, label: t(`customers.sorts.${each}`) }))}
          value={order}
          onChange={(event) => setOrder(event.currentTarget.value as Order)}
        />
      </Group>

      {list.error !== null && <Trouble message={list.error} retry={list.reload} />}
      <Newer there={list.stale} show={list.reload} />
      {!list.read && list.error === null && <Skeleton height={320} aria-busy />}
      {list.ids.length > 0 && (
        <Grid
          label={t("customers.table")}
          columns={columns}
          ids={list.ids}
          atEnd={list.loadMore}
          open={open}
          handle={grid}
          row={line}
          heights={[60, 84]}
          choosing={mayAsk ? { chosen, choose, name } : undefined}
        />
      )}
      {list.read && list.ids.length === 0 && !list.loading && (
        <Group justify="center" py="xl">
          <Text>{t("customers.none")}</Text>
          <Button variant="default" size="compact-sm" onClick={clear}>
            {t("customers.clear")}
          </Button>
        </Group>
      )}
      <Text size="sm" c="dimmed" ta="center" role="status" mih={22}>
        {list.loading && list.ids.length > 0 ? t("customers.loading") : ""}
      </Text>
      {asking && (
        <Suspense fallback={null}>
          <AskMany
            customers={[...chosen].flatMap((id) => rows.get(id)?.customer ?? [])}
            close={(asked) => {
              setAsking(false);
              if (asked) setChosen(new Set());
            }}
          />
        </Suspense>
      )}
    </Stack>
  );
}

/** The search, and the filters beside it; on a phone they are folded away behind a button. */
function Filters({ used, children }: { used: number; children: (part: "search" | "others") => ReactNode }): ReactNode {
  const { t } = useTranslation();
  const [opened, { toggle }] = useDisclosure(used > 0);
  return (
    <div className={styles.filters}>
      <div className={styles.search}>
        {children("search")}
        <Button
          className={styles.fold}
          variant="default"
          aria-expanded={opened}
          aria-controls="customer-filters"
          onClick={toggle}
        >
          {used > 0 ? t("customers.filtersUsed", { count: used }) : t("customers.filters")}
        </Button>
      </div>
      <div id="customer-filters" className={styles.others} data-opened={opened}>
        {children("others")}
      </div>
    </div>
  );
}

interface CellsParts {
  id: string;
  cell: CellMaker;
  /** It stays where it is until the list is read again, though it no longer belongs there. */
  left: boolean;
}

function Cells({ id, cell, left }: CellsParts): ReactNode {
  const { t } = useTranslation();
  const { rows } = useDesk();
  const row = useRow(rows, id);
  const callFate = useCallFate();
  const requestFate = useRequestFate();
  if (!row) return null;
  const { latestRequest, latestCall } = row;
  return (
    <>
      {cell("name", <Who row={row} />)}
      {cell(
        "status",
        <Marked row={row} shows={({ status }) => status}>
          <Together>
            <Status row={row} />
            <span className={styles.beside}>
              <Countdown row={row} />
            </span>
          </Together>
          {left && (
            <Line quiet small>
              {t("customers.left")}
            </Line>
          )}
        </Marked>,
      )}
      {cell(
        "ends",
        <Marked row={row} shows={({ expiresAt }) => expiresAt}>
          <Countdown row={row} />
        </Marked>,
      )}
      {cell(
        "request",
        latestRequest && (
          <Marked row={row} shows={({ latestRequest }) => latestRequest && requestFate(latestRequest)}>
            <Line>{requestFate(latestRequest)}</Line>
            <Line quiet small>
              <Ago iso={reachedAt(latestRequest)} />
            </Line>
          </Marked>
        ),
      )}
      {cell(
        "call",
        latestCall && (
          <Marked row={row} shows={({ latestCall }) => latestCall?.status}>
            <Line>{callFate(latestCall)}</Line>
            <Line quiet small>
              <Ago iso={latestCall.endedAt ?? latestCall.queuedAt} />
            </Line>
          </Marked>
        ),
      )}
      {cell(
        "do",
        <Together end>
          <AskButton row={row} />
          <CallButton row={row} />
          <RowMenu row={row} />
        </Together>,
      )}
    </>
  );
}
