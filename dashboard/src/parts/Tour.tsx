import { Button, CloseButton, Group, Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";

import { useDesk } from "../desk";
import { useRow } from "../ground/rows";
import { useNumber } from "../number";
import { Permissions } from "../permissions.graphql";
import { useTranslation } from "../words";
import { AskButton, nameOf } from "./Buttons";
import styles from "./Tour.module.css";
import { useDoings } from "./doings";

const KEPT_AS = "maycall.tour";

/** In the sandbox, until somebody has had enough of it: how to see in a minute what this is for. */
export function Tour(): ReactNode {
  const [number] = useNumber();
  const { may } = useDesk();
  const [over, setOver] = useState(() => localStorage.getItem(KEPT_AS) === "over");
  if (over || number.environment !== "SANDBOX" || !may("permissions:request")) return null;
  const end = (): void => {
    localStorage.setItem(KEPT_AS, "over");
    setOver(true);
  };
  return <Steps number={number.id} end={end} />;
}

function Steps({ number, end }: { number: string; end: () => void }): ReactNode {
  const { t } = useTranslation();
  const { client, rows } = useDesk();
  const { showPhone } = useDoings();
  const [id, setId] = useState("");
  const row = useRow(rows, id);
  useEffect(() => {
    let gone = false;
    const filter = { businessNumberId: number };
    void client
      .query(Permissions, { filter, orderBy: "CREATED_AT", first: 1 })
      .toPromise()
      .then(({ data }) => {
        const [first] = data?.callPermissions.nodes ?? [];
        if (gone || !first) return;
        rows.put([first]);
        setId(first.id);
      });
    return () => {
      gone = true;
    };
  }, [client, rows, number]);
  if (!row) return null;
  const name = nameOf(row);
  const asked = row.latestRequest !== null;
  const answered = ["TEMPORARY", "PERMANENT", "DECLINED"].includes(row.status);
  return (
    <Paper withBorder p="sm" component="section" aria-label={t("tour.title")} className={styles.tour}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} size="h6">
          {t("tour.title")}
        </Title>
        <CloseButton aria-label={t("tour.close")} onClick={end} />
      </Group>
      <ol className={styles.steps}>
        <li data-done={asked}>
          <Text size="sm">{t("tour.ask", { name })}</Text>
          {!asked && <AskButton row={row} />}
        </li>
        <li data-done={answered}>
          <Text size="sm">{t("tour.answer")}</Text>
          {row.customer.phone && (
            <Button size="compact-sm" variant="default" onClick={() => showPhone(row)}>
              {t("tour.phone")}
            </Button>
          )}
        </li>
        <li data-done={answered}>
          <Text size="sm">{t("tour.see")}</Text>
          {answered && (
            <Button size="compact-sm" onClick={end}>
              {t("settings.done")}
            </Button>
          )}
        </li>
      </ol>
    </Paper>
  );
}
