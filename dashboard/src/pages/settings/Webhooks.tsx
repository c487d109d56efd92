import { Button, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { faultText } from "../../answers";
import { Trouble } from "../../parts/Trouble";
import { useSettingsWords } from "../../words/settings";
import { EndpointCard } from "./EndpointCard";
import { EndpointForm } from "./EndpointForm";
import { Nothing } from "./Parts";
import { Webhooks as Listed } from "./Webhooks.graphql";
import type { Endpoint } from "./endpoints";
import { useFresh } from "./fresh";
import { useReading } from "./reading";

const EVERY_MS = 15_000; // the log says nothing of how sending fares

/** Who is told by post, and what became of it. */
export default function Webhooks(): ReactNode {
  const { t } = useSettingsWords();
  const { data, error, again } = useReading(Listed, {});
  const [form, setForm] = useState<Endpoint | "new" | null>(null);
  useFresh(again, (change) => change.kind === "WEBHOOK_ENDPOINT", EVERY_MS);
  const endpoints = data?.webhookEndpoints.nodes;
  const places = data?.viewer.limits.webhookEndpoints;
  return (
    <Stack>
      {error && <Trouble message={faultText(error)} retry={again} />}
      <Text c="dimmed">{t("webhooks.lead")}</Text>
      {endpoints && endpoints.length > 0 && (
        <Group justify="flex-end">
          {places && (
            <Text size="sm" c="dimmed">
              {t("webhooks.places", places)}
            </Text>
          )}
          <Button onClick={() => setForm("new")}>{t("webhooks.create")}</Button>
        </Group>
      )}
      {endpoints?.length === 0 && (
        <Nothing title={t("webhooks.none")} why={t("webhooks.noneWhy")}>
          <Button onClick={() => setForm("new")}>{t("webhooks.create")}</Button>
        </Nothing>
      )}
      {endpoints?.map((endpoint) => (
        <EndpointCard key={endpoint.id} endpoint={endpoint} change={() => setForm(endpoint)} again={again} />
      ))}
      {form && (
        <EndpointForm
          endpoint={form === "new" ? null : form}
          close={() => {
            setForm(null);
            again();
          }}
        />
      )}
    </Stack>
  );
}
