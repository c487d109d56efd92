import { Button, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { faultText } from "../../answers";
import { useDesk } from "../../desk";
import type { NumberDetailsFragment } from "../../gql/graphql";
import { Trouble } from "../../parts/Trouble";
import { useSettingsWords } from "../../words/settings";
import { NumberCard } from "./NumberCard";
import { NumberForm } from "./NumberForm";
import { Numbers as Listed } from "./Numbers.graphql";
import { Nothing } from "./Parts";
import { useFresh } from "./fresh";
import { useReading } from "./reading";

// What WhatsApp told: it may be the first that was heard of a number.
const HEARD = new Set<string>(["MESSAGE_STATUS", "CUSTOMER_ANSWERED", "AUTOMATIC", "CALL_EVENT", "WHATSAPP"]);

/** The business numbers, how each fares with WhatsApp, and what is to be done. */
export default function Numbers(): ReactNode {
  const { t } = useSettingsWords();
  const { may, viewer } = useDesk();
  const { data, error, again } = useReading(Listed, {});
  const [looks, setLooks] = useState(0);
  const [form, setForm] = useState<NumberDetailsFragment | "new" | null>(null);
  useFresh(again, (change) => change.kind === "BUSINESS_NUMBER" || HEARD.has(change.cause));
  const admin = may("admin");
  const numbers = data?.businessNumbers;
  return (
    <Stack>
      {error && <Trouble message={faultText(error)} retry={again} />}
      {!admin && <Text c="dimmed">{t("ask.numbers", { workspace: viewer.workspace.name })}</Text>}
      {admin && numbers !== undefined && numbers.length > 0 && (
        <Group justify="flex-end">
          <Button onClick={() => setForm("new")}>{t("numbers.add")}</Button>
        </Group>
      )}
      {numbers?.length === 0 &&
        (admin ? (
          <Nothing title={t("numbers.none")} why={t("numbers.noneWhy")}>
            <Button onClick={() => setForm("new")}>{t("numbers.add")}</Button>
          </Nothing>
        ) : (
          <Nothing title={t("numbers.none")} why={t("numbers.noneForYou")} />
        ))}
      {numbers?.map((number) => (
        <NumberCard key={`${number.id} ${looks}`} number={number} change={admin ? () => setForm(number) : null} />
      ))}
      {form !== null && (
        <NumberForm
          number={form === "new" ? null : form}
          close={() => {
            setForm(null);
            setLooks(looks + 1);
            again();
          }}
        />
      )}
    </Stack>
  );
}
