import { Anchor, Button, Code, Group, Paper, Stack, Text } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useMutation } from "urql";

import { answerOf, faultText } from "../../answers";
import type { PeopleQuery } from "../../gql/graphql";
import { distance, moment } from "../../ground/format";
import { useNow } from "../../ground/tick";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { useTranslation } from "../../words";
import { useSettingsWords } from "../../words/settings";
import styles from "./Parts.module.css";
import { Confirm, More, Note, Nothing, State, type Tone } from "./Parts";
import { People as Listed, RemovePerson } from "./People.graphql";
import { PersonForm } from "./PersonForm";
import { useFresh } from "./fresh";
import { usePaged } from "./paging";
import { type Person, knownAs } from "./persons";
import { tell } from "../../parts/notice";

type Standing = "in" | "invited" | "removed";

const TONES: Record<Standing, Tone> = { in: "good", invited: "warn", removed: "quiet" };
const EVERY_MS = 60_000; // the log says nothing of people
const SETTINGS = `MAYCALL_PUBLIC_URL=https://maycall.example.com
MAYCALL_OIDC_ISSUER=https://login.example.com/realms/shop
MAYCALL_OIDC_CLIENT_ID=maycall
MAYCALL_OIDC_CLIENT_SECRET=…`;

function standingOf(person: Person): Standing {
  if (person.removedAt !== null) return "removed";
  return person.lastSignedInAt === null ? "invited" : "in";
}

/** Whether there is a provider to sign in with; null while that is not known. */
function useProvider(): boolean | null {
  const [provider, setProvider] = useState<boolean | null>(null);
  useEffect(() => {
    const ask = async (): Promise<void> => {
      const ways = (await (await fetch("/sign-in/ways")).json()) as { provider?: boolean };
      setProvider(ways.provider === true);
    };
    ask().catch(() => undefined); // then nothing is said of it
  }, []);
  return provider;
}

const peopleOf = (data: PeopleQuery): PeopleQuery["people"] => data.people;

/** Who signs in, as what, and on which business numbers. */
export default function People(): ReactNode {
  const { t } = useSettingsWords();
  const provider = useProvider();
  const { data, nodes: people, more, loading, error, showMore, again } = usePaged(Listed, peopleOf);
  const [form, setForm] = useState<{ person: Person | null; email: string } | null>(null);
  const [removing, setRemoving] = useState<Person | null>(null);
  const [withRemoved, setWithRemoved] = useState(false);
  useFresh(again, () => false, EVERY_MS);
  const removed = people.filter((person) => person.removedAt !== null);
  const here = people.filter((person) => person.removedAt === null);
  const invite = (email = ""): void => setForm({ person: null, email });
  return (
    <Stack>
      {error && <Trouble message={faultText(error)} retry={again} />}
      {provider === false && (
        <Note tone="warn" title={t("people.noProvider")}>
          <Stack gap="xs">
            <Text size="sm">{t("people.noProviderWhy")}</Text>
            <Code block tabIndex={0}>
              {SETTINGS}
            </Code>
          </Stack>
        </Note>
      )}
      <Group justify="space-between">
        <Text c="dimmed">{t("people.lead")}</Text>
        <Button onClick={() => invite()}>{t("people.invite")}</Button>
      </Group>
      {data && here.length === 0 && !more && <Nothing title={t("people.none")} why={t("people.noneWhy")} />}
      <ul className={styles.rows} aria-label={t("people.list")}>
        {[...here, ...(withRemoved ? removed : [])].map((person) => (
          <One
            key={person.id}
            person={person}
            isMe={person.id === data?.viewer.person?.id}
            change={() => setForm({ person, email: "" })}
            remove={() => setRemoving(person)}
            invite={() => invite(person.email ?? "")}
          />
        ))}
      </ul>
      {more && <More loading={loading} show={showMore} />}
      {removed.length > 0 && !withRemoved && (
        <Anchor component="button" size="sm" ta="start" onClick={() => setWithRemoved(true)}>
          {t("people.showRemoved", { count: removed.length })}
        </Anchor>
      )}
      {form && (
        <PersonForm
          {...form}
          close={() => {
            setForm(null);
            again();
          }}
        />
      )}
      {removing && (
        <Remove
          person={removing}
          close={() => {
            setRemoving(null);
            again();
          }}
        />
      )}
    </Stack>
  );
}

interface Shown {
  person: Person;
  isMe: boolean;
  change: () => void;
  remove: () => void;
  invite: () => void;
}

function One({ person, isMe, change, remove, invite }: Shown): ReactNode {
  const { t, locale } = useSettingsWords();
  const now = useNow();
  const standing = standingOf(person);
  const name = knownAs(person);
  const numbers =
    person.allBusinessNumbers || person.role === "ADMIN"
      ? t("people.all")
      : person.businessNumbers.map((number) => number.name).join(", ") || t("people.noNumbers");
  return (
    <Paper withBorder p="md" component="li" aria-label={name}>
      <Group justify="space-between" align="start">
        <Stack gap={4} miw={0} style={{ flex: "1 1 260px" }}>
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: "anywhere" }}>
              {name}
              {isMe && ` (${t("people.you")})`}
            </Text>
            <State tone={TONES[standing]}>{t(`people.state.${standing}`)}</State>
          </Group>
          {person.name !== null && (
            <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {person.email}
            </Text>
          )}
          <Text size="sm">
            {t(`people.roles.${person.role}`)} · {numbers}
          </Text>
          <Text size="sm" c="dimmed">
            {since()}
          </Text>
        </Stack>
        <Group gap="xs">
          {standing === "removed" ? (
            <Button size="compact-sm" variant="default" onClick={invite}>
              {t("people.again")}
            </Button>
          ) : (
            <>
              <Button size="compact-sm" variant="default" aria-label={t("changeIt", { name })} onClick={change}>
                {t("change")}
              </Button>
              <Button size="compact-sm" variant="default" aria-label={t("people.removeIt", { name })} onClick={remove}>
                {t("people.remove")}
              </Button>
            </>
          )}
        </Group>
      </Group>
    </Paper>
  );

  function since(): string {
    if (person.removedAt !== null) return t("people.removedAt", { when: moment(person.removedAt, locale) });
    if (person.lastSignedInAt !== null)
      return t("people.lastIn", { when: distance(person.lastSignedInAt, now, locale) });
    const invited = t("people.invited", { when: moment(person.createdAt, locale) });
    return person.invitedBy === null ? invited : `${invited} (${t("people.invitedBy", { name: person.invitedBy })})`;
  }
}

function Remove({ person, close }: { person: Person; close: () => void }): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const [{ fetching }, remove] = useMutation(RemovePerson);
  const [trouble, setTrouble] = useState<string | null>(null);
  const go = async (): Promise<void> => {
    const answer = answerOf(await remove({ input: { personId: person.id } }));
    setTrouble(troubleText(answer, word, locale));
    if (answer.is !== "done") return;
    tell(t("people.removed", { name: knownAs(person) }));
    close();
  };
  return (
    <Confirm
      title={t("people.removeTitle", { name: knownAs(person) })}
      action={t("people.remove")}
      trouble={trouble}
      busy={fetching}
      go={() => void go()}
      close={close}
    >
      <Text>{t("people.removeStops")}</Text>
    </Confirm>
  );
}
