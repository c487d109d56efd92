import { Group, SegmentedControl, Skeleton, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from "react";

import { useDesk } from "../desk";
import { useWord } from "../ground/address";
import { moment, span } from "../ground/format";
import { type Rows, useRow } from "../ground/rows";
import { useNow } from "../ground/tick";
import { useNumber } from "../number";
import { AskButton, CallButton, useStanding } from "../parts/Buttons";
import { type CellMaker, type Column, Grid, type GridHandle } from "../parts/Grid";
import { Ago, reachedAt, useRequestFate } from "../parts/Last";
import { Line, Together } from "../parts/Line";
import { Marked } from "../parts/Marked";
import { Permit } from "../parts/Permit";
import { RowMenu } from "../parts/RowMenu";
import { Trouble } from "../parts/Trouble";
import { Who } from "../parts/Who";
import { useRequestWords } from "../parts/Words";
import { useRowKeys } from "../parts/rowKeys";
import { type Request, VIEWS, useRequests } from "../requests";
import { opensAt } from "../standing";
import { useTranslation } from "../words";
import styles from "./Requests.module.css";

/** Whom the business has asked, how far that has come, and whom it may ask again. */
export default function Requests(): ReactNode {
  const { t } = useTranslation();
  const { rows } = useDesk();
  const [number] = useNumber();
  const [word, setWord] = useWord("view");
  const view = VIEWS.find((name) => name === word) ?? "pending";
  const list = useRequests(view, number.id);
  const grid = useRef<GridHandle>(null);
  const open = useRowKeys(grid, (id) => rows.get(list.rows.get(id)?.callPermission.id ?? ""), null);
  const line = useCallback(
    (id: string, cell: CellMaker) => <Cells id={id} requests={list.rows} cell={cell} />,
    [list.rows],
  );
  const columns = useMemo(
    (): Column[] => [
      { key: "name", title: t("customer.name"), width: "minmax(160px, 1.2fr)" },
      { key: "last", title: t("requests.words"), width: "minmax(180px, 1.8fr)", wideOnly: true },
      { key: "asked", title: t("requests.asked"), width: "minmax(112px, 0.6fr)", wideOnly: true },
      { key: "status", title: t("requests.state"), width: "minmax(225px, 1.4fr)" },
      { key: "do", title: "", width: "208px" },
    ],
    [t],
  );
  const read = list.total !== null;
  const views = useRef<HTMLDivElement>(null);
  // Where they do not all have room, the one that is shown has to be seen.
  useEffect(() => {
    views.current?.querySelector("[data-active]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [view]);
  return (
    <Stack>
      <Group justify="space-between" align="end">
        <div>
          <Title order={1} size="h2">
            {t("requests.title")}
          </Title>
          <Text c="dimmed" size="sm" role="status" mih={22}>
            {list.total === null ? "" : t("requests.total", { count: list.total })}
          </Text>
        </div>
        <Permit />
      </Group>
      <div ref={views} className={styles.views}>
        <SegmentedControl
          aria-label={t("requests.state")}
          value={view}
          onChange={(value) => setWord(value === "pending" ? null : value)}
          data={VIEWS.map((name) => ({ value: name, label: t(`requests.${name}`) }))}
        />
      </div>
      {list.error !== null && <Trouble message={list.error} retry={list.reload} />}
      {!read && list.error === null && <Skeleton height={320} aria-busy />}
      {list.ids.length > 0 && (
        <Grid
          label={t("requests.table")}
          columns={columns}
          ids={list.ids}
          row={line}
          heights={[64, 108]}
          atEnd={list.loadMore}
          open={open}
          handle={grid}
        />
      )}
      {read && list.ids.length === 0 && !list.loading && (
        <Text ta="center" py="lg">
          {t("requests.none")}
        </Text>
      )}
    </Stack>
  );
}

const STEPS = ["sentAt", "deliveredAt", "readAt", "answeredAt"] as const;

function Cells({ id, requests, cell }: { id: string; requests: Rows<Request>; cell: CellMaker }): ReactNode {
  const { t } = useTranslation();
  const { rows } = useDesk();
  const request = useRow(requests, id);
  const row = useRow(rows, request?.callPermission.id ?? "") ?? request?.callPermission;
  const words = useRequestWords();
  const fate = useRequestFate();
  const { mayCall } = useStanding(row);
  if (!request || !row) return null;
  return (
    <>
      {cell("name", <Who row={row} />)}
      {cell(
        "last",
        <Line className={styles.words} title={words(request)}>
          {words(request)}
        </Line>,
      )}
      {cell(
        "asked",
        <>
          <Line>
            <Ago iso={request.queuedAt} />
          </Line>
          <Line quiet small>
            {t("event.byWhom", { name: request.requestedBy })}
          </Line>
        </>,
      )}
      {cell(
        "status",
        <Marked row={row} shows={({ latestRequest }) => latestRequest && fate(latestRequest)}>
          <Together>
            <span
              className={styles.steps}
              data-answer={request.answer}
              data-failed={request.status === "FAILED"}
              aria-hidden
            >
              {STEPS.map((step) => (
                <span key={step} data-done={request[step] !== null} />
              ))}
            </span>
            <Line>{fate(request)}</Line>
          </Together>
          <Line quiet small title={request.failure ?? undefined}>
            {request.failure ?? (
              <>
                <Ago iso={reachedAt(request)} />
                {request.answer === null && <RunsOut request={request} />}
              </>
            )}
          </Line>
        </Marked>,
      )}
      {cell(
        "do",
        <Together end>
          <Again row={row} />
          {mayCall && <CallButton row={row} />}
          <RowMenu row={row} />
        </Together>,
      )}
    </>
  );
}

/** When a request that nobody has answered can be answered no longer. */
function RunsOut({ request }: { request: Request }): ReactNode {
  const { t, i18n } = useTranslation();
  const now = useNow();
  if (request.expiresAt === null || request.status === "SUPERSEDED") return null;
  const left = Date.parse(request.expiresAt) - now;
  if (left <= 0) return null;
  return (
    <>
      {" · "}
      <time dateTime={request.expiresAt} title={moment(request.expiresAt, i18n.language)}>
        {t("requests.runsOut", { span: span(left, i18n.language) })}
      </time>
    </>
  );
}

/** Asks again where that is allowed now, and else says from when. */
function Again({ row }: { row: Parameters<typeof AskButton>[0]["row"] }): ReactNode {
  const { t, i18n } = useTranslation();
  const { mayAsk, mayCall } = useStanding(row);
  const from = opensAt(row.canRequest);
  if (mayAsk || mayCall || !Number.isFinite(from) || row.status === "PERMANENT") return <AskButton row={row} />;
  return (
    <Text size="xs" c="dimmed" ta="right" className={styles.from}>
      {t("requests.againFrom", { when: moment(new Date(from).toISOString(), i18n.language) })}
    </Text>
  );
}
