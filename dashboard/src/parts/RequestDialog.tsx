import { Button, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation, useQuery } from "urql";

import { answerOf } from "../answers";
import { type Row, useDesk } from "../desk";
import { useTranslation } from "../words";
import { nameOf } from "./Buttons";
import { Dialog } from "./Dialog";
import { LimitText } from "./Limits";
import { RequestPermission, ServiceWindow } from "./RequestDialog.graphql";
import { Trouble } from "./Trouble";
import { useContent } from "./content";
import { tell } from "./notice";
import { troubleText } from "./refusals";

/** Asks a customer for permission: in WhatsApp's own words, in somebody's own, or with a template. */
export default function RequestDialog({ row, close }: { row: Row; close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const { rows } = useDesk();
  const name = nameOf(row);
  const number = row.businessNumber.id;
  const [{ data: seen }] = useQuery({ query: ServiceWindow, variables: { id: row.customer.id, number } });
  const permission = seen?.customer?.callPermission;
  const content = useContent({
    number,
    open: permission?.serviceWindow.open ?? null,
    given: (parameter) => (/^(first_)?name$/.test(parameter) ? (row.customer.name?.split(" ")[0] ?? "") : ""),
  });
  const [key, setKey] = useState(() => crypto.randomUUID()); // kept until there is an answer: a retry asks once
  const [{ fetching }, send] = useMutation(RequestPermission);
  const [trouble, setTrouble] = useState<string | null>(null);

  const submit = async (): Promise<void> => {
    const ends = { customerId: row.customer.id, businessNumberId: number };
    const answer = answerOf(await send({ input: { ...ends, ...content.input(), idempotencyKey: key } }));
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is === "refused") setKey(crypto.randomUUID());
    if (answer.is !== "done") return;
    rows.change(answer.done.permissionRequest.callPermission);
    tell(t("request.sent", { name }));
    close();
  };

  return (
    <Dialog onClose={close} title={t("request.title", { name })} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          {content.fields}
          {trouble !== null && <Trouble message={trouble} />}
          <Group justify="space-between">
            <Text size="sm" c="dimmed" component="div" mih={20}>
              {permission?.canRequest.limits.map((limit) => (
                <LimitText key={limit.period} limit={limit} of="request" />
              ))}
            </Text>
            <Group gap="xs" ml="auto">
              <Button variant="default" onClick={close}>
                {t("settings.cancel")}
              </Button>
              <Button type="submit" loading={fetching} disabled={!content.ready}>
                {t("request.send")}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
