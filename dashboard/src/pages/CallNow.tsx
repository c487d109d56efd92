import { Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useCallback, useMemo, useRef } from "react";
import { Link } from "wouter";

import { type Row, useDesk } from "../desk";
import { useWord, useWords } from "../ground/address";
import { serverNow } from "../ground/clock";
import { useRow, useVersion } from "../ground/rows";
import { useAt } from "../ground/tick";
import { useNumber } from "../number";
import { CallButton } from "../parts/Buttons";
import { Countdown } from "../parts/Countdown";
import { type CellMaker, type Column, Grid, type GridHandle } from "../parts/Grid";
import { LastCall } from "../parts/Last";
import { Local } from "../parts/Local";
import { Line, Together } from "../parts/Line";
import { Marked } from "../parts/Marked";
import { Newer } from "../parts/Newer";
import { RowMenu } from "../parts/RowMenu";
import { SearchField } from "../parts/SearchField";
import { TagsFilter } from "../parts/TagsFilter";
import { Tour } from "../parts/Tour";
import { Trouble } from "../parts/Trouble";
import { Until } from "../parts/Until";
import { Who } from "../parts/Who";
import { useRequestWords } from "../parts/Words";
import { refusalSentence } from "../parts/refusals";
import { useRowKeys } from "../parts/rowKeys";
import { type Permissions, useKnownTags, usePermissions, useTotal } from "../permissions";
import { callable, callableFrom } from "../standing";
import { type Section, bySection } from "../urgency";
import { useTranslation } from "../words";
import styles from "./CallNow.module.css";

const MINUTE = 60_000;

/** Whom may we ring at this moment, most urgent first; below, who allows calls and cannot be rung just now. */
export default function CallNow(): ReactNode {
  const { t, i18n } = useTranslation();
  const [number] = useNumber();
  const { rows } = useDesk();
  const [search, setSearch] = useWord("search");
  const [tags, setTags] = useWords("tag");
  const narrowed = search !== null || tags.length > 0;
  const narrowing = {
    businessNumberId: number.id,
    ...(search !== null && { customerSearch: search }),
    ...(tags.length > 0 && { customerTags: tags }),
  };
  const callableNow = { ...narrowing, callableNow: true };
  const open = usePermissions({ filter: callableNow, orderBy: "EXPIRES_AT" }, true);
  const held = usePermissions(
    { filter: { ...narrowing, callableNow: false, statuses: ["TEMPORARY", "PERMANENT"] }, orderBy: "EXPIRES_AT" },
    true,
  );
  const total = useTotal(callableNow, open.more);

  const version = useVersion(rows);
  const minute = useAt(minuteOf);
  const { ids, headings } = useMemo(
    () => arranged(rows.get.bind(rows), open, held, i18n.language),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the rows are read from where they are kept
    [rows, version, minute, open.ids, open.more, held.ids, i18n.language],
  );
  const titles = useMemo(
    () =>
      new Map(
        [...headings].map(([id, { section, count }]) => [
          id,
          <Title key={id} order={2} size="h5" data-section={section} className={styles.section}>
            {t(`callNow.within.${section}`)}
            <span className={styles.count}>{count}</span>
          </Title>,
        ]),
      ),
    [headings, t],
  );

  const grid = useRef<GridHandle>(null);
  const searching = useRef<HTMLInputElement>(null);
  const openRow = useRowKeys(grid, (id) => rows.get(id), searching);
  const known = useKnownTags(open.ids);
  const line = useCallback((id: string, cell: CellMaker) => <Cells id={id} cell={cell} />, []);

  const columns = useMemo(
    (): Column[] => [
      { key: "name", title: t("customer.name"), width: "minmax(170px, 1.3fr)" },
      { key: "last", title: t("callNow.lastTime"), width: "minmax(200px, 2fr)", wideOnly: true },
      { key: "there", title: t("callNow.there"), width: "150px", wideOnly: true },
      { key: "status", title: t("customer.endsIn"), width: "120px" },
      { key: "do", title: "", width: "104px" },
    ],
    [t],
  );

  const read = open.read && held.read;
  const empty = read && ids.length === 0 && !open.loading;
  const count = open.more ? total : open.ids.length;
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <div>
          <Title order={1} size="h2">
            {t("callNow.title")}
          </Title>
          <Text c="dimmed" role="status" mih={25}>
            {open.read && count !== null ? t("callNow.lead", { count }) : ""}
          </Text>
        </div>
        <search className={styles.filters}>
          <SearchField word={search} search={setSearch} field={searching} />
          <TagsFilter chosen={tags} choose={setTags} known={known} />
        </search>
      </Group>
      <Tour />
      {open.error !== null && <Trouble message={open.error} retry={open.reload} />}
      {held.error !== null && open.error === null && <Trouble message={held.error} retry={held.reload} />}
      <Newer there={open.stale} show={open.reload} />
      {empty && narrowed && (
        <Group justify="center" py="xl">
          <Text>{t("customers.none")}</Text>
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => {
              setSearch(null);
              setTags([]);
            }}
          >
            {t("customers.clear")}
          </Button>
        </Group>
      )}
      {empty && !narrowed && <Nobody />}
      {!read && <Skeleton height={320} aria-busy />}
      {read && ids.length > 0 && (
        <Grid
          label={t("callNow.table")}
          columns={columns}
          ids={ids}
          headings={titles}
          row={line}
          heights={[66, 98]}
          atEnd={held.ids.length > 0 ? held.loadMore : open.loadMore}
          open={openRow}
          handle={grid}
        />
      )}
      {open.more && held.ids.length > 0 && (
        <Button variant="default" onClick={open.loadMore} loading={open.loading} className={styles.more}>
          {t("callNow.more", { shown: open.ids.length })}
        </Button>
      )}
    </Stack>
  );
}

function minuteOf(now: number): number {
  return Math.floor(now / MINUTE);
}

type Heading = Section | "held";

/** Everybody on the page in the order in which they should be rung, and what stands above whom. */
function arranged(
  get: (id: string) => Row | undefined,
  open: Permissions,
  held: Permissions,
  locale: string,
): { ids: string[]; headings: Map<string, { section: Heading; count: string }> } {
  const known = (ids: readonly string[]): Row[] => ids.flatMap((id) => get(id) ?? []);
  const from = (row: Row): number => callableFrom(row) ?? Number.MAX_VALUE;
  const shown = new Set(open.ids);
  const waiting = known(held.ids).filter((row) => !shown.has(row.id));
  const sections = new Map<Heading, Row[]>(bySection(known(open.ids), serverNow(), locale));
  const last = [...sections.keys()].filter((section) => section !== "called").at(-1);
  if (waiting.length > 0)
    sections.set(
      "held",
      waiting.sort((one, other) => from(one) - from(other)),
    );
  const headings = new Map<string, { section: Heading; count: string }>();
  const ids: string[] = [];
  for (const [section, own] of sections) {
    const more = (open.more && section === last) || (held.more && section === "held");
    const [first] = own;
    if (first) headings.set(first.id, { section, count: `${own.length}${more ? "+" : ""}` });
    ids.push(...own.map((row) => row.id));
  }
  return { ids, headings };
}

function Cells({ id, cell }: { id: string; cell: CellMaker }): ReactNode {
  const { t, i18n } = useTranslation();
  const { rows } = useDesk();
  const row = useRow(rows, id);
  const words = useRequestWords();
  const free = useAt(useCallback((now) => row !== undefined && callable(row, now), [row]));
  if (!row) return null;
  const { latestRequest, canCall } = row;
  const cautions = free ? canCall.cautions : [];
  return (
    <>
      {cell("name", <Who row={row} />)}
      {cell(
        "last",
        <Marked row={row} shows={({ latestRequest, latestCall }) => `${latestRequest?.id} ${latestCall?.status}`}>
          {cautions.map((caution) => (
            <Line key={caution} className={styles.warning} title={t(`caution.${caution}`)}>
              {t(`caution.${caution}`)}
            </Line>
          ))}
          {!free && (
            <Text size="sm" lineClamp={latestRequest ? 1 : 2}>
              {canCall.blockers.map((blocker) => refusalSentence(blocker, t, i18n.language)).join(" ")}
            </Text>
          )}
          {cautions.length === 0 && free && latestRequest && <Line>{words(latestRequest)}</Line>}
          <Line quiet>
            <LastCall row={row} />
          </Line>
        </Marked>,
      )}
      {cell("there", <Local timezone={row.customer.timezone} />)}
      {cell(
        "status",
        <Marked row={row} shows={({ expiresAt, status }) => `${status} ${expiresAt}`}>
          <Together key={i18n.language}>
            {free ? <Countdown row={row} /> : <Until row={row} />}
            <span className={styles.beside}>
              <Local timezone={row.customer.timezone} />
            </span>
          </Together>
        </Marked>,
      )}
      {cell(
        "do",
        <Together end>
          <CallButton row={row} />
          <RowMenu row={row} asking />
        </Together>,
      )}
    </>
  );
}

function Nobody(): ReactNode {
  const { t } = useTranslation();
  return (
    <Stack align="center" py="xl" gap="xs">
      <Title order={2} size="h3">
        {t("callNow.noneTitle")}
      </Title>
      <Text ta="center">{t("callNow.noneWhy")}</Text>
      <Button component={Link} href="/customers" mt="sm">
        {t("callNow.toCustomers")}
      </Button>
    </Stack>
  );
}
