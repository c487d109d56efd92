import { Button, Code, Group, Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";

import { answerOf, faultText } from "../../answers";
import { useDesk } from "../../desk";
import type { ApiTokensQuery } from "../../gql/graphql";
import { count, distance, moment } from "../../ground/format";
import { useNow } from "../../ground/tick";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { useTranslation } from "../../words";
import { useSettingsWords } from "../../words/settings";
import styles from "./Parts.module.css";
import { Confirm, More, Nothing, State, type Tone } from "./Parts";
import { TokenForm } from "./TokenForm";
import { ApiTokens, RevokeApiToken } from "./Tokens.graphql";
import { useFresh } from "./fresh";
import { usePaged } from "./paging";
import { type Token, type TokenState, hasEnded, isScope, stateOf, wordOf } from "./tokenStates";
import { tell } from "../../parts/notice";

const TONES: Record<TokenState, Tone> = { works: "good", soon: "warn", ranOut: "quiet", revoked: "bad" };
const EVERY_MS = 30_000; // the log says nothing of tokens

const tokensOf = (data: ApiTokensQuery): ApiTokensQuery["apiTokens"] => data.apiTokens;

/** The tokens of programs: made, shown once, and taken back. */
export default function Tokens(): ReactNode {
  const { t, locale } = useSettingsWords();
  const now = useNow();
  const { data, nodes: tokens, more, loading, error, showMore, again } = usePaged(ApiTokens, tokensOf);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const [which, setWhich] = useState<"working" | "ended">("working");
  useFresh(again, () => false, EVERY_MS);
  const ended = tokens.filter((token) => hasEnded(token, now));
  const working = tokens.filter((token) => !hasEnded(token, now));
  const shown = which === "working" ? working : ended;
  const howMany = (known: number): string => `${count(known, locale)}${more ? "+" : ""}`;
  return (
    <Stack>
      {error && <Trouble message={faultText(error)} retry={again} />}
      <Group justify="space-between">
        <Text c="dimmed">{t("tokens.lead")}</Text>
        <Button onClick={() => setMaking(true)}>{t("tokens.create")}</Button>
      </Group>
      {data && (
        <SegmentedControl
          style={{ alignSelf: "flex-start" }}
          aria-label={t("tokens.show")}
          value={which}
          onChange={(value) => setWhich(value)}
          data={[
            { value: "working", label: t("tokens.working", { count: howMany(working.length) }) },
            { value: "ended", label: t("tokens.ended", { count: howMany(ended.length) }) },
          ]}
        />
      )}
      {data && shown.length === 0 && !more && (
        <Nothing title={t(which === "ended" ? "tokens.noneEnded" : "tokens.none")} />
      )}
      <ul className={styles.rows} aria-label={t("tokens.list")}>
        {shown.map((token) => (
          <One key={token.id} token={token} now={now} revoke={() => setRevoking(token)} />
        ))}
      </ul>
      {more && <More loading={loading} show={showMore} />}
      {making && (
        <TokenForm
          close={() => {
            setMaking(false);
            again();
          }}
        />
      )}
      {revoking && (
        <Revoke
          token={revoking}
          now={now}
          close={() => {
            setRevoking(null);
            again();
          }}
        />
      )}
    </Stack>
  );
}

function One({ token, now, revoke }: { token: Token; now: number; revoke: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const desk = useDesk();
  const state = stateOf(token, now);
  const facts = [
    t("tokens.made", { when: moment(token.createdAt, locale) }),
    token.lastUsedAt ? t("tokens.used", { when: distance(token.lastUsedAt, now, locale) }) : t("tokens.unused"),
    end(token, state),
  ];

  function end({ expiresAt, revokedAt }: Token, of: TokenState): string {
    if (of === "revoked" && revokedAt !== null) return t("tokens.revokedAt", { when: moment(revokedAt, locale) });
    if (expiresAt === null) return t("tokens.endless");
    return t(of === "ranOut" ? "tokens.ranOut" : "tokens.expires", { when: moment(expiresAt, locale) });
  }

  return (
    <Paper withBorder p="md" component="li" aria-label={token.name}>
      <Group justify="space-between" align="start" wrap="nowrap">
        <Stack gap={4} miw={0}>
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: "anywhere" }}>
              {token.name}
            </Text>
            <Code>{token.prefix}…</Code>
            <State tone={TONES[state]}>{t(`tokens.state.${state}`)}</State>
          </Group>
          <Text size="sm">
            {token.scopes.map((scope) => (isScope(scope) ? t(`tokens.scope.${wordOf(scope)}`) : scope)).join(" · ")}
          </Text>
          <Text size="sm" c="dimmed">
            {facts.join(" · ")}
          </Text>
          {desk.token.startsWith(token.prefix) && (
            <Text size="sm" c="dimmed">
              {t("tokens.yours")}
            </Text>
          )}
        </Stack>
        {!hasEnded(token, now) && (
          <Button
            size="compact-sm"
            variant="default"
            style={{ flex: "none" }}
            aria-label={t("tokens.revokeIt", { name: token.name })}
            onClick={revoke}
          >
            {t("tokens.revoke")}
          </Button>
        )}
      </Group>
    </Paper>
  );
}

function Revoke({ token, now, close }: { token: Token; now: number; close: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const desk = useDesk();
  const [{ fetching }, revoke] = useMutation(RevokeApiToken);
  const [trouble, setTrouble] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    const answer = answerOf(await revoke({ input: { apiTokenId: token.id } }));
    setTrouble(troubleText(answer, word, locale));
    if (answer.is !== "done") return;
    tell(t("tokens.revoked", { name: token.name }));
    close();
  };
  return (
    <Confirm
      title={t("tokens.revokeTitle", { name: token.name })}
      action={t("tokens.revoke")}
      trouble={trouble}
      busy={fetching}
      go={() => void go()}
      close={close}
    >
      <Text>{t("tokens.stops")}</Text>
      <Text>
        {token.lastUsedAt
          ? t("tokens.lastUse", { when: distance(token.lastUsedAt, now, locale) })
          : t("tokens.neverUsed")}
      </Text>
      {desk.token.startsWith(token.prefix) && <Text fw={600}>{t("tokens.stopsYou")}</Text>}
    </Confirm>
  );
}
