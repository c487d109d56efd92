import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";

import { answerOf } from "../answers";
import { type Row, useDesk } from "../desk";
import type { RequestCallPermissionInput } from "../gql/graphql";
import { nameOf } from "./Buttons";
import { RequestPermission, ServiceWindow, Templates } from "./RequestDialog.graphql";
import { Trouble } from "./Trouble";
import { troubleText } from "./refusals";

type How = "plain" | "text" | "template";

/** Asks a customer for permission: in WhatsApp's own words, in somebody's own, or with a template. */
export default function RequestDialog({ row, close }: { row: Row; close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const { rows } = useDesk();
  const name = nameOf(row);
  const [{ data: seen }] = useQuery({
    query: ServiceWindow,
    variables: { id: row.customer.id, number: row.businessNumber.id },
  });
  const [{ data: listed }] = useQuery({ query: Templates });
  const [chosen, setHow] = useState<How | null>(null);
  const [text, setText] = useState("");
  const [picked, setPicked] = useState<string | null>(null);
  const [values, setValues] = useState<Record<string, string>>({});
  const [key, setKey] = useState(() => crypto.randomUUID()); // kept until there is an answer: a retry asks once
  const [{ fetching }, send] = useMutation(RequestPermission);
  const [trouble, setTrouble] = useState<string | null>(null);

  const open = seen?.customer?.callPermission?.serviceWindow.open ?? null;
  const templates = (
    listed?.businessNumbers.find((number) => number.id === row.businessNumber.id)?.templates ?? []
  ).filter((template) => template.status === "APPROVED");
  const how: How = chosen ?? (open === false && templates.length > 0 ? "template" : "plain");
  const template =
    templates.find((each) => keyOf(each) === picked) ?? (templates.length === 1 ? templates[0] : undefined);
  const filled = template?.parameters.every((parameter) => (values[parameter] ?? "").trim() !== "");
  const ready = how === "plain" || (how === "text" ? text.trim() !== "" : filled === true);

  const content = (): Pick<RequestCallPermissionInput, "text" | "template"> => {
    if (how === "text") return { text };
    if (how === "plain" || !template) return {};
    const parameters = template.parameters.map((parameter) => ({ name: parameter, value: values[parameter] ?? "" }));
    return { template: { name: template.name, language: template.language, parameters } };
  };

  const submit = async (): Promise<void> => {
    const ends = { customerId: row.customer.id, businessNumberId: row.businessNumber.id };
    const answer = answerOf(await send({ input: { ...ends, ...content(), idempotencyKey: key } }));
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is === "refused") setKey(crypto.randomUUID());
    if (answer.is !== "done") return;
    rows.change(answer.done.permissionRequest.callPermission);
    notifications.show({ message: t("request.sent", { name }) });
    close();
  };

  return (
    <Modal opened onClose={close} title={t("request.title", { name })} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <SegmentedControl
            aria-label={t("request.how")}
            fullWidth
            value={how}
            onChange={(value) => setHow(value)}
            data={[
              { value: "plain", label: t("request.plain") },
              { value: "text", label: t("request.text") },
              { value: "template", label: t("request.template") },
            ]}
          />
          {how !== "template" && open === false && <Text size="sm">{t("request.windowClosed")}</Text>}
          {how === "text" && (
            <Textarea
              data-autofocus
              label={t("request.textLabel")}
              description={t("request.textHint")}
              autosize
              minRows={3}
              maxLength={1024}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          {how === "template" && listed && templates.length === 0 && <Text size="sm">{t("request.noTemplates")}</Text>}
          {how === "template" && templates.length > 0 && (
            <>
              <Select
                label={t("request.templateName")}
                data={templates.map((each) => ({ value: keyOf(each), label: `${each.name} (${each.language})` }))}
                value={template ? keyOf(template) : null}
                onChange={setPicked}
              />
              {template && (
                <Text size="sm" c="dimmed">
                  {[template.header, template.body].filter(Boolean).join("\n")}
                </Text>
              )}
              {template?.parameters.map((parameter) => (
                <TextInput
                  key={parameter}
                  label={parameter}
                  value={values[parameter] ?? ""}
                  onChange={(event) => {
                    const { value } = event.currentTarget;
                    setValues((before) => ({ ...before, [parameter]: value }));
                  }}
                />
              ))}
            </>
          )}
          {trouble !== null && <Trouble message={trouble} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("settings.cancel")}
            </Button>
            <Button type="submit" loading={fetching} disabled={!ready}>
              {t("request.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function keyOf(template: { name: string; language: string }): string {
  return `${template.name}/${template.language}`;
}
