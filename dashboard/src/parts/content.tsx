import { SegmentedControl, Select, Text, TextInput, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useQuery } from "urql";

import type { RequestCallPermissionInput } from "../gql/graphql";
import { wordsOf } from "../requestWords";
import { useTranslation } from "../words";
import { Templates } from "./RequestDialog.graphql";

type How = "plain" | "text" | "template";

interface Content {
  /** What to choose and to fill in. */
  fields: ReactNode;
  /** Whether nothing is missing. */
  ready: boolean;
  input: () => Pick<RequestCallPermissionInput, "text" | "template">;
}

interface Wanted {
  number: string;
  /** Whether free words may be sent; null where that is not known. */
  open: boolean | null;
  /** Whether a template is what is probably wanted. */
  byTemplate?: boolean;
  /** What to put into a template's parameters until somebody writes something else. */
  given?: (parameter: string) => string;
}

/** In what words to ask: WhatsApp's own, somebody's own, or a template's. */
export function useContent({ number, open, byTemplate = open === false, given = () => "" }: Wanted): Content {
  const { t } = useTranslation();
  const [{ data: listed }] = useQuery({ query: Templates });
  const [chosen, setHow] = useState<How | null>(null);
  const [text, setText] = useState("");
  const [picked, setPicked] = useState<string | null>(null);
  const [values, setValues] = useState<Record<string, string>>({});

  const templates = (listed?.businessNumbers.find((each) => each.id === number)?.templates ?? []).filter(
    (template) => template.status === "APPROVED",
  );
  const how: How = chosen ?? (byTemplate && templates.length > 0 ? "template" : "plain");
  const template =
    templates.find((each) => keyOf(each) === picked) ?? (templates.length === 1 ? templates[0] : undefined);
  const valueOf = (parameter: string): string => values[parameter] ?? given(parameter);
  const filled = template?.parameters.every((parameter) => valueOf(parameter).trim() !== "") === true;
  const parameters = (template?.parameters ?? []).map((name) => ({ name, value: valueOf(name) }));
  const read =
    template &&
    wordsOf(
      {
        kind: "TEMPLATE",
        text: null,
        template: { ...template, parameters: parameters.filter(({ value }) => value.trim() !== "") },
      },
      [template],
    );

  const fields = (
    <>
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
          {template?.parameters.map((parameter) => (
            <TextInput
              key={parameter}
              label={parameter}
              value={valueOf(parameter)}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setValues((before) => ({ ...before, [parameter]: value }));
              }}
            />
          ))}
          {read?.is === "template" && (
            <Text
              size="sm"
              component="blockquote"
              m={0}
              pl="sm"
              style={{ borderLeft: "3px solid var(--mantine-color-default-border)" }}
            >
              {read.text}
            </Text>
          )}
        </>
      )}
    </>
  );
  return {
    fields,
    ready: how === "plain" || (how === "text" ? text.trim() !== "" : filled),
    input: () => {
      if (how === "text") return { text };
      if (how === "plain" || !template) return {};
      return { template: { name: template.name, language: template.language, parameters } };
    },
  };
}

function keyOf(template: { name: string; language: string }): string {
  return `${template.name}/${template.language}`;
}
