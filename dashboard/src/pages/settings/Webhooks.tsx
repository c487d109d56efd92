import {
  Anchor,
  Button,
  Card,
  Group,
  Modal,
  ScrollArea,
  Stack,
  Table,
  Text,
  TextInput,
  Textarea,
  Title,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";

import { answerOf } from "../../answers";
import type { WebhooksQuery } from "../../gql/graphql";
import { moment } from "../../ground/format";
import { Secret } from "../../parts/Secret";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { CreateWebhook, RetryDelivery, TestWebhook, UpdateWebhook, Webhooks as Listed } from "./Webhooks.graphql";

type Endpoint = WebhooksQuery["webhookEndpoints"]["nodes"][number];

const FIRST_DOCUMENT = `subscription {
  callPermissionChanged {
    cursor
    occurredAt
    previousStatus
    status
    callPermission { expiresAt customer { id name phone externalId } }
  }
}`;

/** Who is told by post, and what became of it. */
export default function Webhooks(): ReactNode {
  const { t } = useTranslation();
  const [{ data, error }, reread] = useQuery({ query: Listed });
  const [making, setMaking] = useState(false);
  const again = (): void => reread({ requestPolicy: "network-only" });
  return (
    <Stack>
      {error && <Trouble message={error.message} retry={again} />}
      <Group justify="flex-end">
        <Button onClick={() => setMaking(true)}>{t("webhooks.create")}</Button>
      </Group>
      {data?.webhookEndpoints.nodes.length === 0 && <Text>{t("webhooks.none")}</Text>}
      {data?.webhookEndpoints.nodes.map((endpoint) => (
        <One key={endpoint.id} endpoint={endpoint} again={again} />
      ))}
      {making && (
        <Make
          close={() => {
            setMaking(false);
            again();
          }}
        />
      )}
    </Stack>
  );
}

function One({ endpoint, again }: { endpoint: Endpoint; again: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [testing, test] = useMutation(TestWebhook);
  const [switching, update] = useMutation(UpdateWebhook);
  const [, retry] = useMutation(RetryDelivery);
  const say = (message: string | null): void => {
    if (message !== null) notifications.show({ message });
  };

  const tryOut = async (): Promise<void> => {
    const answer = answerOf(await test({ input: { webhookEndpointId: endpoint.id } }));
    if (answer.is === "done") {
      const { status, failure, responseStatus } = answer.done.webhookDelivery;
      say(
        status === "DELIVERED"
          ? t("webhooks.arrived", { status: responseStatus ?? "" })
          : (failure ?? t("webhooks.status.FAILED")),
      );
    } else say(troubleText(answer, t, i18n.language));
    again();
  };
  const turn = async (): Promise<void> => {
    const answer = answerOf(await update({ input: { webhookEndpointId: endpoint.id, enabled: !endpoint.enabled } }));
    say(troubleText(answer, t, i18n.language));
    again();
  };
  const once = async (id: string): Promise<void> => {
    say(troubleText(answerOf(await retry({ input: { webhookDeliveryId: id } })), t, i18n.language));
    again();
  };

  return (
    <Card withBorder component="section" aria-label={endpoint.name}>
      <Group justify="space-between" align="start">
        <div>
          <Title order={2} size="h4">
            {endpoint.name}
          </Title>
          <Text size="sm" c="dimmed">
            {endpoint.url} · {endpoint.event}
          </Text>
        </div>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" loading={testing.fetching} onClick={() => void tryOut()}>
            {t("webhooks.test")}
          </Button>
          <Button size="compact-sm" variant="default" loading={switching.fetching} onClick={() => void turn()}>
            {t(endpoint.enabled ? "webhooks.off" : "webhooks.on")}
          </Button>
        </Group>
      </Group>
      {endpoint.problem && <Trouble message={endpoint.problem} />}
      {endpoint.deliveries.nodes.length > 0 && (
        <ScrollArea type="auto" mt="sm">
          <Table miw={640} verticalSpacing="xs" aria-label={t("webhooks.log")}>
            <Table.Tbody>
              {endpoint.deliveries.nodes.map((delivery) => (
                <Table.Tr key={delivery.id}>
                  <Table.Td>{moment(delivery.createdAt, i18n.language)}</Table.Td>
                  <Table.Td>{delivery.event}</Table.Td>
                  <Table.Td>
                    {t(`webhooks.status.${delivery.status}`)}
                    <Text size="sm" c="dimmed">
                      {delivery.failure ?? delivery.responseStatus}
                    </Text>
                  </Table.Td>
                  <Table.Td>{t("webhooks.attempts", { count: delivery.attempts })}</Table.Td>
                  <Table.Td>
                    {delivery.status !== "DELIVERED" && (
                      <Anchor component="button" size="sm" onClick={() => void once(delivery.id)}>
                        {t("webhooks.retry")}
                      </Anchor>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Card>
  );
}

function Make({ close }: { close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [document, setDocument] = useState(FIRST_DOCUMENT);
  const [secret, setSecret] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [{ fetching }, create] = useMutation(CreateWebhook);
  const submit = async (): Promise<void> => {
    const answer = answerOf(await create({ input: { name: name.trim(), url: url.trim(), document } }));
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is === "done") setSecret(answer.done.secret);
  };
  if (secret !== null) return <Secret title={t("webhooks.create")} secret={secret} close={close} />;
  return (
    <Modal opened onClose={close} title={t("webhooks.create")} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            required
            label={t("settings.tokenName")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            required
            type="url"
            label={t("webhooks.url")}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <Textarea
            required
            autosize
            label={t("webhooks.document")}
            description={t("webhooks.documentHint")}
            styles={{ input: { fontFamily: "monospace" } }}
            value={document}
            onChange={(event) => setDocument(event.currentTarget.value)}
          />
          {trouble !== null && <Trouble message={trouble} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("settings.cancel")}
            </Button>
            <Button type="submit" loading={fetching}>
              {t("webhooks.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
