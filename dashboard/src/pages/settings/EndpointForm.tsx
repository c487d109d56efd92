import { Button, Group, NativeSelect, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";

import { answerOf } from "../../answers";
import { Dialog } from "../../parts/Dialog";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { useTranslation } from "../../words";
import { useSettingsWords } from "../../words/settings";
import { ShownOnce } from "./ShownOnce";
import { CreateWebhook, UpdateWebhook } from "./Webhooks.graphql";
import { DOCUMENTS, type Endpoint, type EndpointField, WHATS, type What, fieldOf, whatOf } from "./endpoints";

/** Adds an endpoint and shows its secret this once, or changes one. */
export function EndpointForm({ endpoint, close }: { endpoint: Endpoint | null; close: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const [name, setName] = useState(endpoint?.name ?? "");
  const [url, setUrl] = useState(endpoint?.url ?? "");
  const [what, setWhat] = useState<What>(endpoint ? whatOf(endpoint.document) : "permissions");
  const [own, setOwn] = useState(endpoint?.document ?? DOCUMENTS.permissions);
  const [secret, setSecret] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<{ field: EndpointField | null; said: string } | null>(null);
  const [creating, create] = useMutation(CreateWebhook);
  const [updating, update] = useMutation(UpdateWebhook);

  const submit = async (): Promise<void> => {
    setTrouble(null);
    const document = what === "own" ? own : DOCUMENTS[what];
    const given = { name: name.trim(), url: url.trim() };
    const answer =
      endpoint === null
        ? answerOf(await create({ input: { ...given, document } }))
        : answerOf(
            await update({
              input: {
                webhookEndpointId: endpoint.id,
                ...given,
                ...(document === endpoint.document ? {} : { document }),
              },
            }),
          );
    const said = troubleText(answer, word, locale);
    if (said !== null) setTrouble({ field: answer.is === "refused" ? fieldOf(answer.refusal.code) : null, said });
    else if (answer.is === "done" && "secret" in answer.done) setSecret(answer.done.secret);
    else close();
  };
  const at = (field: EndpointField): string | null => (trouble?.field === field ? trouble.said : null);

  if (secret !== null) {
    return (
      <ShownOnce title={name.trim()} secret={secret} close={close}>
        <Text size="sm">{t("secret.webhookUse")}</Text>
      </ShownOnce>
    );
  }
  return (
    <Dialog
      onClose={close}
      size="lg"
      title={endpoint ? t("webhooks.changeTitle", { name: endpoint.name }) : t("webhooks.createTitle")}
    >
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
            required
            label={t("webhooks.name")}
            description={t("webhooks.nameHint")}
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            required
            type="url"
            label={t("webhooks.url")}
            description={t("webhooks.urlHint")}
            error={at("url")}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("webhooks.what")}
            error={what === "own" ? null : at("document")}
            value={what}
            onChange={(event) => {
              const chosen = event.currentTarget.value as What;
              if (chosen === "own" && what !== "own") setOwn(DOCUMENTS[what]);
              setWhat(chosen);
            }}
            data={WHATS.map((each) => ({ value: each, label: t(`webhooks.whats.${each}`) }))}
          />
          {what === "own" && (
            <Textarea
              required
              autosize
              minRows={6}
              label={t("webhooks.document")}
              description={t("webhooks.documentHint")}
              error={at("document")}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              value={own}
              onChange={(event) => setOwn(event.currentTarget.value)}
            />
          )}
          {trouble !== null && trouble.field === null && <Trouble message={trouble.said} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button
              type="submit"
              loading={creating.fetching || updating.fetching}
              disabled={name.trim() === "" || url.trim() === ""}
            >
              {t(endpoint ? "save" : "webhooks.create")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
