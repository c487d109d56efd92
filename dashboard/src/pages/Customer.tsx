import { Anchor, Badge, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";

import { faultText } from "../answers";
import { type Change, rowOf, useDesk, useNews } from "../desk";
import type { OneCustomerQuery } from "../gql/graphql";
import { useKeys } from "../ground/keys";
import { useRow } from "../ground/rows";
import { useNumber } from "../number";
import { AskButton, CallButton } from "../parts/Buttons";
import { Local } from "../parts/Local";
import { RowMenu } from "../parts/RowMenu";
import { Trouble } from "../parts/Trouble";
import { useRowDoings } from "../parts/rowKeys";
import { OneCustomer } from "./Customer.graphql";
import styles from "./Customer.module.css";
import { History, type Line } from "./History";
import { Now } from "./Now";

type Seen = NonNullable<OneCustomerQuery["customer"]>;

interface Log {
  lines: Line[];
  /** Where the oldest page ends; null where there is nothing older. */
  end: string | null;
}

const SOON = 150; // ms in which several changes are one more reading

/** Everything about one customer: what they allow, what is possible now and why not, and all that happened. */
export default function Customer({ id }: { id: string }): ReactNode {
  const { t } = useTranslation();
  const { client, rows, reading } = useDesk();
  const [number] = useNumber();
  const [seen, setSeen] = useState<Seen | null | undefined>(undefined);
  const [log, setLog] = useState<Log>({ lines: [], end: null });
  const [error, setError] = useState<string | null>(null);

  const read = useCallback(
    async (after: string | null) => {
      const variables = { id, number: number.id, historyAfter: after };
      const { data, error } = await client.query(OneCustomer, variables).toPromise();
      setError(data ? null : faultText(error));
      if (!data) return;
      const customer = data.customer ?? null;
      if (customer?.callPermission) rows.put([customer.callPermission]);
      setSeen(customer);
      if (customer) setLog((before) => joined(before, customer.history, after));
    },
    [client, id, number.id, rows],
  );
  useEffect(() => void read(null), [read, reading]);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useNews((changes) => {
    if (!changes.some((change) => isAbout(change, id))) return;
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void read(null), SOON);
  });

  const permission = seen?.callPermission;
  const row = useRow(rows, permission?.id ?? "");
  const doing = useRowDoings();
  useKeys({ r: () => doing.r(row), c: () => doing.c(row) });

  if (error !== null && !seen) return <Trouble message={error} retry={() => void read(null)} />;
  if (seen === undefined) return <Skeleton height={320} aria-busy />;
  if (seen === null) return <Text>{t("customer.notFound")}</Text>;
  return (
    <Stack>
      <Anchor component={Link} href="/customers" size="sm">
        ← {t("one.back")}
      </Anchor>
      <Group justify="space-between" align="start">
        <div className={styles.who}>
          <Title order={1} size="h2">
            {seen.name ?? seen.phone ?? t("customer.unnamed")}
          </Title>
          <Group gap={10} c="dimmed" component="p" m={0}>
            {seen.name && seen.phone && <span>{seen.phone}</span>}
            {seen.externalId && <span>{t("one.externalId", { id: seen.externalId })}</span>}
            <Local timezone={seen.timezone} />
          </Group>
          {seen.tags.length > 0 && (
            <Group gap={6} mt={6}>
              {seen.tags.map((tag) => (
                <Badge key={tag} variant="default" tt="none">
                  {tag}
                </Badge>
              ))}
            </Group>
          )}
        </div>
        {row && (
          <Group gap="xs">
            <AskButton row={row} />
            <CallButton row={row} />
            <RowMenu row={row} here />
          </Group>
        )}
      </Group>
      {error !== null && <Trouble message={error} retry={() => void read(null)} />}
      <div className={styles.page}>
        <div className={styles.columns}>
          <Stack>{row && permission && <Now row={row} permission={permission} />}</Stack>
          <History
            lines={log.lines}
            row={row}
            more={log.end !== null}
            readMore={() => (log.end === null ? Promise.resolve() : read(log.end))}
          />
        </div>
      </div>
    </Stack>
  );
}

/** What was read so far with one more page: an older one at its end, or the newest one anew at its beginning. */
function joined(before: Log, page: Seen["history"], after: string | null): Log {
  const end = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
  const known = new Set(page.nodes.map((line) => line.cursor));
  const others = before.lines.filter((line) => !known.has(line.cursor));
  if (after !== null) return { lines: [...others, ...page.nodes], end };
  // Where the newest page no longer reaches what was read before, there would be a hole between them.
  const reaches = others.length < before.lines.length;
  return reaches ? { lines: [...page.nodes, ...others], end: before.end } : { lines: page.nodes, end };
}

function isAbout(change: Change, id: string): boolean {
  if (change.node?.__typename === "Customer") return change.node.id === id;
  if (change.kind === "CUSTOMER" && change.node === null) return true; // somebody was deleted: perhaps this one
  return rowOf(change)?.customer.id === id;
}
