import { ActionIcon, Button, Card, Checkbox, Group, Menu, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";

import { answerOf } from "../../answers";
import { moment } from "../../ground/format";
import { useNow } from "../../ground/tick";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { useTranslation } from "../../words";
import { useSettingsWords } from "../../words/settings";
import { Deliveries } from "./Deliveries";
import { Confirm, Note, State, type Tone } from "./Parts";
import { ShownOnce } from "./ShownOnce";
import { DeleteWebhook, RotateSecret, TestWebhook, UpdateWebhook } from "./Webhooks.graphql";
import { type Endpoint, type EndpointState, stateOf } from "./endpoints";
import { tell } from "../../parts/notice";

const TONES: Record<EndpointState, Tone> = { on: "good", off: "quiet", failing: "warn", dead: "bad" };

interface Shown {
  endpoint: Endpoint;
  change: () => void;
  again: () => void;
}

/** One endpoint: how it stands, what can be done with it, and what it was told. */
export function EndpointCard({ endpoint, change, again }: Shown): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const now = useNow();
  const [testing, test] = useMutation(TestWebhook);
  const [switching, update] = useMutation(UpdateWebhook);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [said, setSaid] = useState<{ good: boolean; words: string } | null>(null);
  const [open, setOpen] = useState(false);
  const [asked, setAsked] = useState<"rotate" | "remove" | null>(null);
  const [tries, setTries] = useState(0); // grows when the log is to be read anew
  const { name } = endpoint;
  const state = stateOf(endpoint);

  const tryOut = async (): Promise<void> => {
    setSaid(null);
    const answer = answerOf(await test({ input: { webhookEndpointId: endpoint.id } }));
    setTrouble(troubleText(answer, word, locale));
    if (answer.is === "done") {
      const { status, failure, responseStatus, durationMilliseconds: ms } = answer.done.webhookDelivery;
      const good = status === "DELIVERED";
      const answered = { status: responseStatus ?? "", ms: ms ?? 0 };
      const words = good
        ? t("webhooks.arrived", answered)
        : t("webhooks.notArrived", {
            why: responseStatus === null ? (failure ?? "") : t("webhooks.answered", answered),
          });
      setSaid({ good, words });
    }
    setTries(tries + 1);
    setOpen(true);
    again();
  };
  const turn = async (): Promise<void> => {
    const enabled = !endpoint.enabled;
    const answer = answerOf(await update({ input: { webhookEndpointId: endpoint.id, enabled } }));
    setTrouble(troubleText(answer, word, locale));
    if (answer.is === "done") tell(t(enabled ? "webhooks.resumed" : "webhooks.paused"));
    setTries(tries + 1);
    again();
  };
  const done = (): void => {
    setAsked(null);
    again();
  };

  return (
    <Card withBorder component="section" aria-label={name} padding="lg">
      <Stack gap="sm">
        <Group justify="space-between" align="start">
          <Stack gap={4} miw={0} style={{ flex: "1 1 300px" }}>
            <Group gap="xs">
              <Title order={2} size="h4" style={{ overflowWrap: "anywhere" }}>
                {name}
              </Title>
              <State tone={TONES[state]}>{t(`webhooks.state.${state}`)}</State>
            </Group>
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {endpoint.url}
            </Text>
            <Text size="sm" c="dimmed">
              {t("webhooks.tells", { event: endpoint.event })} ·{" "}
              {t("webhooks.madeBy", { name: endpoint.createdBy, when: moment(endpoint.createdAt, locale) })}
            </Text>
          </Stack>
          <Group gap="xs">
            <Button
              size="compact-sm"
              variant="default"
              loading={testing.fetching}
              aria-label={t("webhooks.testIt", { name })}
              onClick={() => void tryOut()}
            >
              {t("webhooks.test")}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              loading={switching.fetching}
              aria-label={t(endpoint.enabled ? "webhooks.pauseIt" : "webhooks.resumeIt", { name })}
              onClick={() => void turn()}
            >
              {t(endpoint.enabled ? "webhooks.pause" : "webhooks.resume")}
            </Button>
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <ActionIcon variant="default" aria-label={t("webhooks.moreFor", { name })}>
                  ⋯
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={change}>{t("change")}</Menu.Item>
                <Menu.Item onClick={() => setAsked("rotate")}>{t("webhooks.rotate")}</Menu.Item>
                <Menu.Item onClick={() => setAsked("remove")}>{t("webhooks.remove")}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </Group>
        </Group>
        {endpoint.problem !== null && (
          <Note tone="bad" title={t("webhooks.state.dead")}>
            {endpoint.problem}
          </Note>
        )}
        {state === "failing" && endpoint.failingSince !== null && (
          <Note tone="warn" title={t("webhooks.state.failing")}>
            {t("webhooks.failing", { when: moment(endpoint.failingSince, locale) })}
          </Note>
        )}
        {endpoint.formerSecretUntil !== null && Date.parse(endpoint.formerSecretUntil) > now && (
          <Text size="sm" c="dimmed">
            {t("webhooks.oldSecret", { when: moment(endpoint.formerSecretUntil, locale) })}
          </Text>
        )}
        {trouble !== null && <Trouble message={trouble} />}
        <div role="status" style={said ? undefined : { position: "absolute" }}>
          {said && <Note tone={said.good ? "good" : "bad"}>{said.words}</Note>}
        </div>
        <Button
          size="compact-sm"
          variant="subtle"
          style={{ alignSelf: "flex-start" }}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {t(open ? "webhooks.hideLog" : "webhooks.showLog")}
        </Button>
        {open && <Deliveries endpoint={endpoint} tries={tries} />}
      </Stack>
      {asked === "rotate" && <Rotate endpoint={endpoint} close={done} />}
      {asked === "remove" && <Remove endpoint={endpoint} close={done} />}
    </Card>
  );
}

function Rotate({ endpoint, close }: { endpoint: Endpoint; close: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const [{ fetching }, rotate] = useMutation(RotateSecret);
  const [atOnce, setAtOnce] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    const answer = answerOf(await rotate({ input: { webhookEndpointId: endpoint.id, atOnce } }));
    setTrouble(troubleText(answer, word, locale));
    if (answer.is === "done") setSecret(answer.done.secret);
  };
  if (secret !== null) {
    return (
      <ShownOnce title={t("webhooks.rotate")} secret={secret} close={close}>
        <Text size="sm">{t("secret.webhookUse")}</Text>
      </ShownOnce>
    );
  }
  return (
    <Confirm
      title={t("webhooks.rotateTitle", { name: endpoint.name })}
      action={t("webhooks.rotateGo")}
      trouble={trouble}
      busy={fetching}
      go={() => void go()}
      close={close}
    >
      <Text>{t("webhooks.rotateWhy")}</Text>
      <Checkbox
        label={t("webhooks.atOnce")}
        checked={atOnce}
        onChange={(event) => setAtOnce(event.currentTarget.checked)}
      />
    </Confirm>
  );
}

function Remove({ endpoint, close }: { endpoint: Endpoint; close: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const [{ fetching }, remove] = useMutation(DeleteWebhook);
  const [waiting, setWaiting] = useState(false);
  const [discardWaiting, setDiscard] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    const answer = answerOf(await remove({ input: { webhookEndpointId: endpoint.id, discardWaiting } }));
    setTrouble(troubleText(answer, word, locale));
    if (answer.is === "refused") setWaiting(answer.refusal.code === "WEBHOOK_DELIVERIES_WAITING");
    if (answer.is !== "done") return;
    tell(t("webhooks.removed", { name: endpoint.name }));
    close();
  };
  return (
    <Confirm
      title={t("webhooks.removeTitle", { name: endpoint.name })}
      action={t("webhooks.remove")}
      trouble={trouble}
      busy={fetching}
      go={() => void go()}
      close={close}
    >
      <Text>{t("webhooks.removeWhy")}</Text>
      {waiting && (
        <Checkbox
          label={t("webhooks.discard")}
          checked={discardWaiting}
          onChange={(event) => setDiscard(event.currentTarget.checked)}
        />
      )}
    </Confirm>
  );
}
