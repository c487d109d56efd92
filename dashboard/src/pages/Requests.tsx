import { Button, Group, ScrollArea, SegmentedControl, Stack, Table, Text, Title } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { faultText } from "../answers";
import { useDesk, useNews } from "../desk";
import type { PermissionRequestFilter, RequestsQuery } from "../gql/graphql";
import { useWord } from "../ground/address";
import { distance, moment } from "../ground/format";
import { useRow } from "../ground/rows";
import { useNow } from "../ground/tick";
import { useNumber } from "../number";
import { AskButton, CallButton, nameOf } from "../parts/Buttons";
import { Trouble } from "../parts/Trouble";
import { Requests as Listed } from "./Requests.graphql";

type Request = RequestsQuery["permissionRequests"]["nodes"][number];

const VIEWS = ["pending", "unanswered", "declined", "failed", "all"] as const;
type View = (typeof VIEWS)[number];

const WANTED: Record<View, PermissionRequestFilter> = {
  pending: { statuses: ["QUEUED", "SENT", "DELIVERED", "READ"] },
  unanswered: { statuses: ["EXPIRED", "SUPERSEDED"] },
  declined: { statuses: ["ANSWERED"] },
  failed: { statuses: ["FAILED"] },
  all: {},
};

export default function Requests(): ReactNode {
  const { t } = useTranslation();
  const { client, rows, reading } = useDesk();
  const [number] = useNumber();
  const [word, setWord] = useWord("view");
  const view = VIEWS.find((name) => name === word) ?? "pending";
  const [listed, setListed] = useState<RequestsQuery["permissionRequests"] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const asked = useRef(0);

  const read = useCallback(
    async (after: string | null) => {
      const mine = ++asked.current;
      const filter = { ...WANTED[view], businessNumberId: number.id };
      const { data, error } = await client.query(Listed, { filter, first: 50, after }).toPromise();
      if (mine !== asked.current) return;
      setError(data ? null : faultText(error));
      if (!data) return;
      const page = data.permissionRequests;
      rows.put(page.nodes.map((request) => request.callPermission));
      setListed((before) =>
        after === null || before === null ? page : { ...page, nodes: [...before.nodes, ...page.nodes] },
      );
    },
    [client, number.id, rows, view],
  );
  useEffect(() => void read(null), [read, reading]);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useNews((changes) => {
    if (!changes.some((change) => change.kind === "PERMISSION_REQUEST")) return;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      void read(null);
    }, 400);
  });

  const shown = (listed?.nodes ?? []).filter((request) => view !== "declined" || request.answer === "DECLINED");
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {t("requests.title")}
        </Title>
        <Text c="dimmed" size="sm" role="status" mih={22}>
          {listed && view !== "declined" ? t("requests.total", { count: listed.totalCount }) : ""}
        </Text>
      </Group>
      <ScrollArea type="never">
        <SegmentedControl
          aria-label={t("requests.state")}
          value={view}
          onChange={(value) => {
            setListed(null);
            setWord(value === "pending" ? null : value);
          }}
          data={VIEWS.map((name) => ({ value: name, label: t(`requests.${name}`) }))}
        />
      </ScrollArea>
      {error !== null && <Trouble message={error} retry={() => void read(null)} />}
      <ScrollArea type="auto">
        <Table miw={720} verticalSpacing="sm" aria-label={t("requests.table")}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("customer.name")}</Table.Th>
              <Table.Th>{t("requests.asked")}</Table.Th>
              <Table.Th>{t("requests.by")}</Table.Th>
              <Table.Th>{t("requests.state")}</Table.Th>
              <Table.Th aria-label={t("request.again")} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((request) => (
              <Line key={request.id} request={request} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {listed && shown.length === 0 && (
        <Text ta="center" py="lg">
          {t("requests.none")}
        </Text>
      )}
      {listed?.pageInfo.hasNextPage && (
        <Button variant="default" onClick={() => void read(listed.pageInfo.endCursor ?? null)}>
          {t("requests.more")}
        </Button>
      )}
    </Stack>
  );
}

function Line({ request }: { request: Request }): ReactNode {
  const { t, i18n } = useTranslation();
  const { rows } = useDesk();
  const now = useNow();
  const row = useRow(rows, request.callPermission.id) ?? request.callPermission;
  const reached = request.answeredAt ?? request.readAt ?? request.deliveredAt ?? request.sentAt ?? request.queuedAt;
  return (
    <Table.Tr>
      <Table.Td>
        <Link href={`/customers/${row.customer.id}`}>{nameOf(row)}</Link>
        <Text size="sm" c="dimmed">
          {row.customer.name ? row.customer.phone : null}
        </Text>
      </Table.Td>
      <Table.Td>
        <time dateTime={request.queuedAt} title={moment(request.queuedAt, i18n.language)}>
          {distance(request.queuedAt, now, i18n.language)}
        </time>
      </Table.Td>
      <Table.Td>{request.requestedBy}</Table.Td>
      <Table.Td>
        {request.answer ? t(`answer.${request.answer}`) : t(`requestStatus.${request.status}`)}
        <Text size="sm" c="dimmed">
          {request.failure ?? distance(reached, now, i18n.language)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <AskButton row={row} />
          {row.canCall.allowed && <CallButton row={row} />}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
