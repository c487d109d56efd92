import { Button, Checkbox, Code, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";

import { answerOf } from "../../answers";
import { serverNow } from "../../ground/clock";
import { Dialog } from "../../parts/Dialog";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { useTranslation } from "../../words";
import { useSettingsWords } from "../../words/settings";
import { ShownOnce } from "./ShownOnce";
import { CreateApiToken } from "./Tokens.graphql";
import { LASTINGS, type Lasting, SCOPES, endOf, wordOf } from "./tokenStates";

/** Makes a token, and shows its secret this once. */
export function TokenForm({ close }: { close: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<string[]>([]);
  const [lasting, setLasting] = useState<Lasting>("90");
  const [until, setUntil] = useState("");
  const [missing, setMissing] = useState<"scopes" | "until" | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [{ fetching }, create] = useMutation(CreateApiToken);
  const everything = scopes.includes("admin");
  const submit = async (): Promise<void> => {
    const expiresAt = endOf(lasting, until, serverNow());
    const lacks = scopes.length === 0 ? "scopes" : expiresAt === undefined ? "until" : null;
    setMissing(lacks);
    setTrouble(null);
    if (lacks !== null || expiresAt === undefined) return;
    const answer = answerOf(
      await create({ input: { name: name.trim(), scopes: everything ? ["admin"] : scopes, expiresAt } }),
    );
    setTrouble(troubleText(answer, word, locale));
    if (answer.is === "done") setSecret(answer.done.secret);
  };
  if (secret !== null) {
    return (
      <ShownOnce title={t("tokens.made_", { name: name.trim() })} secret={secret} close={close}>
        <Text size="sm">{t("secret.tokenUse")}</Text>
        <Code block tabIndex={0}>
          Authorization: Bearer {secret.slice(0, 7)}…
        </Code>
      </ShownOnce>
    );
  }
  return (
    <Dialog onClose={close} title={t("tokens.create")} size="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            label={t("tokens.name")}
            description={t("tokens.nameHint")}
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Checkbox.Group
            label={t("tokens.scopes")}
            required
            error={missing === "scopes" ? t("tokens.scopesNeeded") : null}
            value={scopes}
            onChange={setScopes}
          >
            <Stack gap="xs" my={6}>
              {SCOPES.map((scope) => (
                <Checkbox
                  key={scope}
                  value={scope}
                  label={t(`tokens.scope.${wordOf(scope)}`)}
                  description={scope === "admin" ? t("tokens.adminHint") : scope}
                  disabled={everything && scope !== "admin"}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          <NativeSelect
            label={t("tokens.lasts")}
            value={lasting}
            onChange={(event) => setLasting(event.currentTarget.value as Lasting)}
            data={LASTINGS.map((each) => ({ value: each, label: t(`tokens.lastings.${each}`) }))}
          />
          {lasting === "until" && (
            <TextInput
              type="datetime-local"
              label={t("tokens.until")}
              error={missing === "until" ? t("tokens.untilNeeded") : null}
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
          )}
          {trouble !== null && <Trouble message={trouble} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={fetching} disabled={name.trim() === ""}>
              {t("tokens.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
