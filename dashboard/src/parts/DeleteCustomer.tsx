import { Button, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { useLocation } from "wouter";

import { answerOf } from "../answers";
import type { Row } from "../desk";
import { useTranslation } from "../words";
import { nameOf } from "./Buttons";
import { Dialog } from "./Dialog";
import { DeleteCustomer as Delete } from "./EditCustomer.graphql";
import { Trouble } from "./Trouble";
import { tell } from "./notice";
import { troubleText } from "./refusals";

/** Says what goes with a customer, and deletes it all when told to. */
export default function DeleteCustomer({ row, close }: { row: Row; close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const name = nameOf(row);
  const [path, go] = useLocation();
  const [{ fetching }, remove] = useMutation(Delete);
  const [trouble, setTrouble] = useState<string | null>(null);

  const submit = async (): Promise<void> => {
    const answer = answerOf(await remove({ input: { customerId: row.customer.id } }));
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is !== "done") return;
    tell(t("remove.done", { name }));
    close();
    if (path === `/customers/${row.customer.id}`) go("/customers");
  };

  return (
    <Dialog onClose={close} title={t("remove.title", { name })}>
      <Stack>
        <Text>{t("remove.goes")}</Text>
        <Text size="sm" component="ul" m={0} pl="lg">
          <li>{t("remove.details")}</li>
          <li>{t("remove.permissions")}</li>
          <li>{t("remove.requests")}</li>
        </Text>
        <Text size="sm">{t("remove.stays")}</Text>
        {trouble !== null && <Trouble message={trouble} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {t("settings.cancel")}
          </Button>
          <Button color="red.9" loading={fetching} onClick={() => void submit()}>
            {t("remove.button")}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
