import { Anchor, Badge, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";

import { useCustomer } from "../customer";
import { useDesk } from "../desk";
import { useKeys } from "../ground/keys";
import { useRow } from "../ground/rows";
import { AskButton, CallButton } from "../parts/Buttons";
import { Local } from "../parts/Local";
import { RowMenu } from "../parts/RowMenu";
import { Trouble } from "../parts/Trouble";
import { useRowDoings } from "../parts/rowKeys";
import { useTranslation } from "../words";
import styles from "./Customer.module.css";
import { History } from "./History";
import { Now } from "./Now";

/** Everything about one customer: what they allow, what is possible now and why not, and all that happened. */
export default function Customer({ id }: { id: string }): ReactNode {
  const { t } = useTranslation();
  const { rows } = useDesk();
  const { seen, lines, error, again, more, readMore } = useCustomer(id);

  const permission = seen?.callPermission;
  const row = useRow(rows, permission?.id ?? "");
  const doing = useRowDoings();
  useKeys({ r: () => doing.r(row), c: () => doing.c(row) });

  if (error !== null && !seen) return <Trouble message={error} retry={again} />;
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
      {error !== null && <Trouble message={error} retry={again} />}
      <div className={styles.page}>
        <div className={styles.columns}>
          <Stack>{row && permission && <Now row={row} permission={permission} />}</Stack>
          <History lines={lines} row={row} more={more} readMore={readMore} />
        </div>
      </div>
    </Stack>
  );
}
