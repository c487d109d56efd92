import { Card, List, ScrollArea, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

import { faultText } from "../../answers";
import { useDesk } from "../../desk";
import type { UsageQuery, ViewerLimitsQuery } from "../../gql/graphql";
import { count, distance, periodText, span } from "../../ground/format";
import { useNow } from "../../ground/tick";
import { Trouble } from "../../parts/Trouble";
import { useSettingsWords } from "../../words/settings";
import { Usage as Counted, ViewerLimits } from "./Limits.graphql";
import { Bar } from "./Parts";
import { useFresh } from "./fresh";
import { useReading } from "./reading";

type Number = UsageQuery["businessNumbers"][number];
type Policy = Number["policy"];
type Usage = NonNullable<Number["usage"]>;
type Allowed = ViewerLimitsQuery["viewer"]["limits"];

const MOVES = new Set<string>(["PERMISSION_REQUEST", "CALL", "CALL_PERMISSION", "CUSTOMER", "BUSINESS_NUMBER"]);
const USAGE_EVERY_MS = 60_000; // windows roll also when nothing happens
const POINTS_EVERY_MS = 15_000;

/** What WhatsApp and Maycall allow, and how much of it is used. */
export default function Limits(): ReactNode {
  const { t } = useSettingsWords();
  const { may } = useDesk();
  const now = useNow();
  const counted = may("permissions:read") && may("calls:read");
  const { data, error, again } = useReading(Counted, { counted });
  const own = useReading(ViewerLimits, {});
  const { again: ownAgain } = own;
  useFresh(again, (change) => MOVES.has(change.kind), USAGE_EVERY_MS);
  useFresh(ownAgain, (change) => change.kind === "WEBHOOK_ENDPOINT", POINTS_EVERY_MS);

  // With the next minute all points are there again: what was read is of the last one.
  const ends = own.data?.viewer.limits.points?.resetsAt;
  const isOver = ends !== undefined && Date.parse(ends) <= now;
  useEffect(() => {
    if (isOver) ownAgain();
  }, [isOver, ends, ownAgain]);
  return (
    <Stack gap="xl">
      <Text c="dimmed">{t("limits.lead")}</Text>
      <Stack component="section" aria-label={t("limits.ofWhatsApp")}>
        <Title order={2} size="h4">
          {t("limits.ofWhatsApp")}
        </Title>
        {error && <Trouble message={faultText(error)} retry={again} />}
        {!counted && <Text c="dimmed">{t("limits.noUsage")}</Text>}
        {data?.businessNumbers.map((number) => (
          <OfNumber key={number.id} number={number} />
        ))}
      </Stack>
      <Stack component="section" aria-label={t("limits.ofMaycall")}>
        <Title order={2} size="h4">
          {t("limits.ofMaycall")}
        </Title>
        {own.error && <Trouble message={faultText(own.error)} retry={ownAgain} />}
        {own.data && <OfMaycall allowed={own.data.viewer.limits} />}
      </Stack>
    </Stack>
  );
}

function OfNumber({ number }: { number: Number }): ReactNode {
  return (
    <Card withBorder component="section" padding="lg" aria-label={number.name}>
      <Stack>
        <div>
          <Title order={3} size="h5">
            {number.name}
          </Title>
          <Text c="dimmed" size="sm">
            {number.displayPhoneNumber}
          </Text>
        </div>
        {number.usage && <Used usage={number.usage} name={number.name} />}
        <Rules policy={number.policy} />
      </Stack>
    </Card>
  );
}

function Used({ usage, name }: { usage: Usage; name: string }): ReactNode {
  const { t, locale } = useSettingsWords();
  const now = useNow();
  const rows = (["requestsSent", "customersAsked", "callsPlaced", "callsConnected"] as const).map(
    (each) =>
      [
        { requestsSent: "sent", customersAsked: "asked", callsPlaced: "calls", callsConnected: "connected" } as const,
        each,
      ] as const,
  );
  return (
    <>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        {usage.placedCalls.map((limit) => (
          <Bar
            key={limit.period}
            label={t("limits.placed", { period: periodText(limit.period, locale) })}
            used={limit.used}
            maximum={limit.maximum}
          >
            {limit.resetsAt !== null && (
              <Text size="sm">{t("limits.freeAt", { when: distance(limit.resetsAt, now, locale) })}</Text>
            )}
          </Bar>
        ))}
        <Bar label={t("limits.requestsExhausted")} used={usage.requestsExhausted} maximum={usage.customers}>
          <Text size="sm" c="dimmed">
            {t("limits.requestsExhaustedWhy")}
          </Text>
        </Bar>
        <Bar label={t("limits.callsExhausted")} used={usage.callsExhausted} maximum={usage.customers}>
          <Text size="sm" c="dimmed">
            {t("limits.callsExhaustedWhy")}
          </Text>
        </Bar>
        <Text size="sm" fw={600}>
          {t("limits.atStake", { count: usage.oneCallFromRevocation })}
        </Text>
      </SimpleGrid>
      <ScrollArea type="auto">
        <Table aria-label={t("limits.usageOf", { name })}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("limits.inTheLast")}</Table.Th>
              {usage.windows.map((window) => (
                <Table.Th key={window.period} scope="col" ta="right">
                  {periodText(window.period, locale)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(([wordOf, each]) => (
              <Table.Tr key={each}>
                <Table.Th scope="row" fw={400}>
                  {t(`limits.${wordOf[each]}`)}
                </Table.Th>
                {usage.windows.map((window) => (
                  <Table.Td key={window.period} ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>
                    {count(window[each], locale)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </>
  );
}

/** WhatsApp's rules in words, with the numbers that hold for this business number. */
function Rules({ policy }: { policy: Policy }): ReactNode {
  const { t, locale } = useSettingsWords();
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const each = (word: "times" | "callsIn", limits: Policy["requests"]): string =>
    list.format(
      limits.map(({ period, maximum }) => t(`limits.${word}`, { count: maximum, period: periodText(period, locale) })),
    );
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {t("limits.rules")}
      </Text>
      <List size="sm" spacing={4}>
        <List.Item>{t("limits.ruleRequests", { limits: each("times", policy.requests) })}</List.Item>
        <List.Item>{t("limits.ruleCalls", { limits: each("callsIn", policy.connectedCalls) })}</List.Item>
        <List.Item>
          {t("limits.ruleStreak", {
            nudge: policy.unansweredBeforeNudge,
            revocation: policy.unansweredBeforeRevocation,
          })}
        </List.Item>
        <List.Item>{t("limits.ruleGrant", { period: periodText(policy.temporaryGrant, locale) })}</List.Item>
      </List>
    </div>
  );
}

function OfMaycall({ allowed }: { allowed: Allowed }): ReactNode {
  const { t, locale } = useSettingsWords();
  const now = useNow();
  const most = (
    [
      "operationCost",
      "pageSize",
      "depth",
      "aliases",
      "rootFields",
      "mutations",
      "tokens",
      "document",
      "customersImported",
      "customersAsked",
    ] as const
  ).map((name) => ({ name, value: allowed[name] }));
  return (
    <Card withBorder padding="lg">
      <Stack>
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
          {allowed.points ? (
            <Bar label={t("limits.points")} used={allowed.points.used} maximum={allowed.points.maximum}>
              <Text size="sm" c="dimmed">
                {t("limits.pointsWhy", { when: span(Date.parse(allowed.points.resetsAt) - now, locale) })}
              </Text>
            </Bar>
          ) : (
            <Text size="sm">{t("limits.noPoints")}</Text>
          )}
          {allowed.apiTokens && <Bar label={t("limits.tokens")} {...allowed.apiTokens} />}
          {allowed.webhookEndpoints && <Bar label={t("limits.endpoints")} {...allowed.webhookEndpoints} />}
        </SimpleGrid>
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t("limits.operation")}
          </Text>
          <SimpleGrid cols={{ base: 2, sm: 3, md: 5 }} spacing="sm">
            {most.map(({ name, value }) => (
              <div key={name}>
                <Text fw={650} style={{ fontVariantNumeric: "tabular-nums" }}>
                  {count(value, locale)}
                </Text>
                <Text size="sm" c="dimmed">
                  {t(`limits.most.${name}`)}
                </Text>
              </div>
            ))}
          </SimpleGrid>
        </div>
      </Stack>
    </Card>
  );
}
