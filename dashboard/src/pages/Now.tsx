import { Button, Card, Group, Progress, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { answerOf } from "../answers";
import { type Row, useDesk } from "../desk";
import type { OneCustomerQuery } from "../gql/graphql";
import { moment, span } from "../ground/format";
import { useNow } from "../ground/tick";
import { useStanding } from "../parts/Buttons";
import { Countdown } from "../parts/Countdown";
import { Ago } from "../parts/Last";
import { type Limit, LimitText } from "../parts/Limits";
import { Status } from "../parts/Status";
import { Trouble } from "../parts/Trouble";
import { refusalSentence, troubleText } from "../parts/refusals";
import { useTranslation } from "../words";
import { RefreshPermission } from "./Customer.graphql";
import styles from "./Customer.module.css";

type Permission = NonNullable<NonNullable<OneCustomerQuery["customer"]>["callPermission"]>;

type Asked =
  | { is: "not" | "asking" | "same" }
  | { is: "differed"; differences: { about: string; believed: string | null; whatsapp: string | null }[] }
  | { is: "trouble"; message: string };

/** What a customer allows, what is possible at this moment, and every reason why something is not. */
export function Now({ row, permission }: { row: Row; permission: Permission }): ReactNode {
  const { t, i18n } = useTranslation();
  const { client, rows } = useDesk();
  const { mayCall, mayAsk } = useStanding(row);
  const [asked, setAsked] = useState<Asked>({ is: "not" });
  const locale = i18n.language;

  const refresh = async (): Promise<void> => {
    setAsked({ is: "asking" });
    const input = { customerId: row.customer.id, businessNumberId: row.businessNumber.id };
    const answer = answerOf(await client.mutation(RefreshPermission, { input }).toPromise());
    if (answer.is !== "done") {
      setAsked({ is: "trouble", message: troubleText(answer, t, locale) ?? "" });
      return;
    }
    rows.put([answer.done.callPermission]);
    const { differences } = answer.done;
    setAsked(differences.length > 0 ? { is: "differed", differences } : { is: "same" });
  };
  const inWords = (value: string | null): string => {
    if (value === null) return t("one.nothing");
    const statuses: Record<string, string> = t("status", { returnObjects: true });
    if (value in statuses) return statuses[value] ?? value;
    return /^\d{4}-\d\d-\d\dT/.test(value) ? moment(value, locale) : value;
  };

  return (
    <Card withBorder component="section" aria-label={t("customer.status")}>
      <Group justify="space-between">
        <Status row={row} />
        <Countdown row={row} />
      </Group>
      {row.unansweredStreak > 0 && (
        <Text size="sm" mt="xs">
          {t("one.streak", { count: row.unansweredStreak })}
        </Text>
      )}
      {permission.doubtful && (
        <Text size="sm" mt="xs">
          {t("one.doubtful")}
        </Text>
      )}
      <Way
        title={mayCall ? t("one.canCall") : t("one.cannotCall")}
        open={mayCall}
        way={row.canCall}
        of="call"
        limits={permission.callLimits.limits}
      />
      {mayCall &&
        row.canCall.cautions.map((caution) => (
          <Text key={caution} size="sm" className={styles.warning}>
            {t(`caution.${caution}`)}
          </Text>
        ))}
      <Way
        title={mayAsk ? t("one.canRequest") : t("one.cannotRequest")}
        open={mayAsk}
        way={row.canRequest}
        of="request"
        limits={permission.requestLimits.limits}
      />
      {permission.serviceWindow.open && permission.serviceWindow.closesAt && (
        <Text size="sm" mt="xs">
          {t("one.window", { when: moment(permission.serviceWindow.closesAt, locale) })}
        </Text>
      )}
      <Group justify="space-between" mt="md" gap="xs">
        <Text size="sm" c="dimmed">
          {permission.verifiedAt && (
            <>
              {t("one.verified")} <Ago iso={permission.verifiedAt} />
            </>
          )}
        </Text>
        <Button size="compact-sm" variant="default" loading={asked.is === "asking"} onClick={() => void refresh()}>
          {t("one.refresh")}
        </Button>
      </Group>
      <div role="status">
        {asked.is === "same" && (
          <Text size="sm" mt="xs">
            {t("one.refreshed")}
          </Text>
        )}
        {asked.is === "differed" && (
          <>
            <Text size="sm" mt="xs">
              {t("one.differed")}
            </Text>
            <ul className={styles.reasons}>
              {asked.differences.map(({ about, believed, whatsapp }) => (
                <li key={about}>
                  {t("one.difference", {
                    about: t(`one.about.${about}`),
                    believed: inWords(believed),
                    whatsapp: inWords(whatsapp),
                  })}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      {asked.is === "trouble" && <Trouble message={asked.message} />}
    </Card>
  );
}

interface WayParts {
  title: string;
  open: boolean;
  way: Row["canCall"] | Row["canRequest"];
  of: "request" | "call";
  limits: readonly Limit[];
}

function Way({ title, open, way, of, limits }: WayParts): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <div className={styles.way}>
      <Text fw={600} data-allowed={open} className={styles.verdict}>
        {title}
      </Text>
      {!open && (
        <ul className={styles.reasons}>
          {way.blockers.map((blocker) => (
            <li key={`${blocker.code} ${blocker.message}`}>
              {refusalSentence(blocker, t, i18n.language)}
              {blocker.availableAt !== null && <FreeFrom iso={blocker.availableAt} />}
            </li>
          ))}
        </ul>
      )}
      {limits.map((limit) => (
        <div key={limit.period} className={styles.limit}>
          <Text size="xs" c="dimmed" component="div">
            <LimitText limit={limit} of={of} />
          </Text>
          <Progress
            size="xs"
            value={(100 * limit.used) / Math.max(1, limit.maximum)}
            aria-label={t("one.limits")}
            color={limit.used >= limit.maximum ? "red.8" : "leaf"}
          />
        </div>
      ))}
    </div>
  );
}

function FreeFrom({ iso }: { iso: string }): ReactNode {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const left = Date.parse(iso) - now;
  return (
    <Text size="sm" c="dimmed" component="div">
      <time dateTime={iso}>{t("one.from", { when: moment(iso, i18n.language) })}</time>
      {left > 0 && ` · ${t("callNow.freeIn", { span: span(left, i18n.language) })}`}
    </Text>
  );
}
