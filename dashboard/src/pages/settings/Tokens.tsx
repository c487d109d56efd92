import { Button, Checkbox, Code, Group, Modal, ScrollArea, Stack, Table, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";

import { answerOf } from "../../answers";
import type { ApiTokensQuery } from "../../gql/graphql";
import { moment } from "../../ground/format";
import { Secret } from "../../parts/Secret";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { ApiTokens, CreateApiToken, RevokeApiToken } from "./Tokens.graphql";

const SCOPES = [
  "customers:read",
  "customers:write",
  "permissions:read",
  "permissions:request",
  "calls:read",
  "calls:write",
  "admin",
];

/** The tokens of programs: made, shown once, and taken back. */
export default function Tokens(): ReactNode {
  const { t, i18n } = useTranslation();
  const [{ data, error }, reread] = useQuery({ query: ApiTokens });
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiTokensQuery["apiTokens"]["nodes"][number] | null>(null);
  const again = (): void => reread({ requestPolicy: "network-only" });
  return (
    <Stack>
      {error && <Trouble message={error.message} retry={again} />}
      <Group justify="flex-end">
        <Button onClick={() => setMaking(true)}>{t("settings.create")}</Button>
      </Group>
      <ScrollArea type="auto">
        <Table miw={760} verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("settings.tokenName")}</Table.Th>
              <Table.Th>{t("settings.scopes")}</Table.Th>
              <Table.Th>{t("settings.made")}</Table.Th>
              <Table.Th>{t("settings.lastUsed")}</Table.Th>
              <Table.Th>{t("settings.state")}</Table.Th>
              <Table.Th aria-label={t("settings.revoke")} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data?.apiTokens.nodes.map((token) => (
              <Table.Tr key={token.id}>
                <Table.Td>
                  <Text fw={600}>{token.name}</Text>
                  <Code>{token.prefix}…</Code>
                </Table.Td>
                <Table.Td>{token.scopes.join(", ")}</Table.Td>
                <Table.Td>{moment(token.createdAt, i18n.language)}</Table.Td>
                <Table.Td>{token.lastUsedAt ? moment(token.lastUsedAt, i18n.language) : t("customer.never")}</Table.Td>
                <Table.Td>{token.revokedAt ? t("settings.revoked") : t("settings.works")}</Table.Td>
                <Table.Td>
                  {!token.revokedAt && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`${t("settings.revoke")}: ${token.name}`}
                      onClick={() => setRevoking(token)}
                    >
                      {t("settings.revoke")}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {making && (
        <MakeToken
          close={() => {
            setMaking(false);
            again();
          }}
        />
      )}
      {revoking && (
        <Revoke
          token={revoking}
          close={() => {
            setRevoking(null);
            again();
          }}
        />
      )}
    </Stack>
  );
}

function Revoke({ token, close }: { token: { id: string; name: string }; close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [{ fetching }, revoke] = useMutation(RevokeApiToken);
  const [trouble, setTrouble] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    const answer = answerOf(await revoke({ input: { apiTokenId: token.id } }));
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is === "done") close();
  };
  return (
    <Modal opened onClose={close} title={t("settings.revoke")}>
      <Stack>
        <Text>{t("settings.confirmRevoke", { name: token.name })}</Text>
        {trouble !== null && <Trouble message={trouble} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("settings.cancel")}
          </Button>
          <Button color="red.9" loading={fetching} onClick={() => void go()}>
            {t("settings.revoke")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function MakeToken({ close }: { close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const [until, setUntil] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [{ fetching }, create] = useMutation(CreateApiToken);
  const submit = async (): Promise<void> => {
    const expiresAt = until ? new Date(until).toISOString() : null;
    const answer = answerOf(await create({ input: { name, scopes, expiresAt } }));
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is === "done") setSecret(answer.done.secret);
  };
  if (secret !== null) return <Secret title={t("settings.create")} secret={secret} close={close} />;
  return (
    <Modal opened onClose={close} title={t("settings.create")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            label={t("settings.tokenName")}
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Checkbox.Group label={t("settings.scopes")} value={scopes} onChange={setScopes}>
            <Stack gap={6} mt={6}>
              {SCOPES.map((scope) => (
                <Checkbox key={scope} value={scope} label={scope} />
              ))}
            </Stack>
          </Checkbox.Group>
          <TextInput
            type="datetime-local"
            label={t("settings.expires")}
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
          {trouble !== null && <Trouble message={trouble} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("settings.cancel")}
            </Button>
            <Button type="submit" loading={fetching} disabled={name.trim() === "" || scopes.length === 0}>
              {t("settings.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
