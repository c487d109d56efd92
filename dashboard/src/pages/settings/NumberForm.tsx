import { Button, Checkbox, Group, List, NativeSelect, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type CombinedError, useMutation } from "urql";

import { type Answer, answerOf, faultText } from "../../answers";
import { useDesk } from "../../desk";
import type { Environment, NumberDetailsFragment, PolicyName } from "../../gql/graphql";
import { Dialog } from "../../parts/Dialog";
import { Trouble } from "../../parts/Trouble";
import { refusalText } from "../../parts/refusals";
import { useTranslation } from "../../words";
import { useSettingsWords } from "../../words/settings";
import { forgetHealth } from "./NumberHealth";
import { CreateNumber, UpdateNumber } from "./Numbers.graphql";
import { Note } from "./Parts";
import { findingText } from "./findings";
import { NO_TROUBLE, type NumberField, type NumberTrouble, mistakenNumber, refusedNumber } from "./numberTrouble";
import { tell } from "../../parts/notice";

const OF_NEW: NumberField[] = ["phoneNumberId", "environment", "wabaId", "name", "accessToken", "appSecret"];
const OF_KNOWN: NumberField[] = ["name", "accessToken", "appSecret"];

interface Kept {
  businessNumber: NumberDetailsFragment;
}

/** Adds a number, or changes one. Meta is asked before anything is kept, and its reasons stand at the fields they are about. */
export function NumberForm({ number, close }: { number: NumberDetailsFragment | null; close: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const { numbers } = useDesk();
  const sandboxIsHere = numbers.some((each) => each.environment === "SANDBOX");
  const [phoneNumberId, setPhoneNumberId] = useState("");
  const [environment, setEnvironment] = useState<Environment>("PRODUCTION");
  const [wabaId, setWabaId] = useState("");
  const [name, setName] = useState(number?.name ?? "");
  const [policy, setPolicy] = useState<PolicyName>(number?.policy.name ?? "PRODUCTION");
  const [accessToken, setAccessToken] = useState("");
  const [appSecret, setAppSecret] = useState("");
  const [withoutToken, setWithoutToken] = useState(false);
  const [withoutSecret, setWithoutSecret] = useState(false);
  const [trouble, setTrouble] = useState<NumberTrouble>(NO_TROUBLE);
  const [creating, create] = useMutation(CreateNumber);
  const [updating, update] = useMutation(UpdateNumber);

  const take = (answer: Answer<Kept>, error: CombinedError | undefined, has: NumberField[]): void => {
    if (answer.is === "done") {
      const kept = answer.done.businessNumber;
      forgetHealth(kept.id);
      tell(t(number ? "numbers.changed" : "numbers.added", { name: kept.name }));
      close();
    } else if (answer.is === "refused") {
      setTrouble(
        refusedNumber(answer.refusal, refusalText(answer.refusal, word, locale), has, (found) =>
          findingText(found, t, locale),
        ),
      );
    } else setTrouble(mistakenNumber(faultText(error), has));
  };
  const submit = async (): Promise<void> => {
    setTrouble(NO_TROUBLE);
    if (number === null) {
      const input = {
        phoneNumberId: phoneNumberId.trim(),
        environment,
        policy,
        wabaId: wabaId.trim() || null,
        name: name.trim() || null,
        accessToken: accessToken.trim() || null,
        appSecret: appSecret.trim() || null,
      };
      const result = await create({ input });
      take(answerOf(result), result.error, OF_NEW);
    } else {
      const input = {
        businessNumberId: number.id,
        ...(name.trim() === number.name ? {} : { name: name.trim() }),
        ...(policy === number.policy.name ? {} : { policy }),
        ...secret("accessToken", accessToken, withoutToken),
        ...secret("appSecret", appSecret, withoutSecret),
      };
      const result = await update({ input });
      take(answerOf(result), result.error, OF_KNOWN);
    }
  };

  return (
    <Dialog onClose={close} size="lg" title={number ? t("changeIt", { name: number.name }) : t("numbers.addTitle")}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <Text size="sm" c="dimmed">
            {t("numbers.form.lead")}
          </Text>
          {Object.keys(trouble.fields).length > 0 && (
            <div role="alert">
              <Note tone="bad">{t("numbers.form.failed")}</Note>
            </div>
          )}
          {number === null && (
            <>
              <TextInput
                data-autofocus
                required
                inputMode="numeric"
                label={t("numbers.form.phoneNumberId")}
                description={t("numbers.form.phoneNumberIdHint")}
                error={trouble.fields.phoneNumberId}
                value={phoneNumberId}
                onChange={(event) => setPhoneNumberId(event.currentTarget.value)}
              />
              {(sandboxIsHere || trouble.fields.environment !== undefined) && (
                <NativeSelect
                  label={t("numbers.form.environment")}
                  error={trouble.fields.environment}
                  value={environment}
                  onChange={(event) => setEnvironment(event.currentTarget.value as Environment)}
                  data={(["PRODUCTION", "SANDBOX"] as const).map((each) => ({
                    value: each,
                    label: t(`numbers.form.environments.${each}`),
                  }))}
                />
              )}
              <TextInput
                inputMode="numeric"
                label={t("numbers.form.wabaId")}
                description={t("numbers.form.wabaIdHint")}
                error={trouble.fields.wabaId}
                value={wabaId}
                onChange={(event) => setWabaId(event.currentTarget.value)}
              />
            </>
          )}
          <TextInput
            label={t("numbers.form.name")}
            description={number === null ? t("numbers.form.nameHint") : null}
            maxLength={100}
            error={trouble.fields.name}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("numbers.form.policy")}
            value={policy}
            onChange={(event) => setPolicy(event.currentTarget.value as PolicyName)}
            data={(["PRODUCTION", "SANDBOX"] as const).map((each) => ({
              value: each,
              label: t(`numbers.form.policies.${each}`),
            }))}
          />
          <PasswordInput
            label={t("numbers.form.accessToken")}
            description={t(number?.hasOwnAccessToken ? "numbers.form.keep" : "numbers.form.accessTokenHint")}
            autoComplete="off"
            disabled={withoutToken}
            error={trouble.fields.accessToken}
            value={accessToken}
            onChange={(event) => setAccessToken(event.currentTarget.value)}
          />
          {number?.hasOwnAccessToken && (
            <Checkbox
              label={t("numbers.form.without")}
              aria-label={`${t("numbers.form.accessToken")}: ${t("numbers.form.without")}`}
              checked={withoutToken}
              onChange={(event) => setWithoutToken(event.currentTarget.checked)}
            />
          )}
          <PasswordInput
            label={t("numbers.form.appSecret")}
            description={t(number?.hasOwnAppSecret ? "numbers.form.keep" : "numbers.form.appSecretHint")}
            autoComplete="off"
            disabled={withoutSecret}
            error={trouble.fields.appSecret}
            value={appSecret}
            onChange={(event) => setAppSecret(event.currentTarget.value)}
          />
          {number?.hasOwnAppSecret && (
            <Checkbox
              label={t("numbers.form.without")}
              aria-label={`${t("numbers.form.appSecret")}: ${t("numbers.form.without")}`}
              checked={withoutSecret}
              onChange={(event) => setWithoutSecret(event.currentTarget.checked)}
            />
          )}
          {trouble.rest.length === 1 && <Trouble message={trouble.rest[0] ?? ""} />}
          {trouble.rest.length > 1 && (
            <List role="alert" size="sm">
              {trouble.rest.map((reason) => (
                <List.Item key={reason}>{reason}</List.Item>
              ))}
            </List>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button
              type="submit"
              loading={creating.fetching || updating.fetching}
              disabled={number === null ? phoneNumberId.trim() === "" : name.trim() === ""}
            >
              {t(number ? "numbers.form.save" : "numbers.form.go")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** What to say of a secret: nothing where it stays, null where the number is to do without. */
function secret(name: "accessToken" | "appSecret", given: string, without: boolean): Record<string, string | null> {
  if (without) return { [name]: null };
  return given.trim() === "" ? {} : { [name]: given.trim() };
}
