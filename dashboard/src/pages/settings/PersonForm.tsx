import { Button, Checkbox, Group, Radio, Stack, Switch, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";

import { answerOf } from "../../answers";
import { useDesk } from "../../desk";
import type { Role } from "../../gql/graphql";
import { Dialog } from "../../parts/Dialog";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { useTranslation } from "../../words";
import { useSettingsWords } from "../../words/settings";
import { InvitePerson, UpdatePerson } from "./People.graphql";
import { type Person, knownAs } from "./persons";
import { tell } from "../../parts/notice";

const ROLES: Role[] = ["ADMIN", "AGENT", "VIEWER"];

interface Given {
  person: Person | null;
  email: string;
  close: () => void;
}

/** Invites somebody, or changes what somebody may do. */
export function PersonForm({ person, email: known, close }: Given): ReactNode {
  const { t, locale } = useSettingsWords();
  const { t: word } = useTranslation();
  const { numbers } = useDesk();
  const [email, setEmail] = useState(known);
  const [role, setRole] = useState<Role>(person?.role ?? "AGENT");
  const [all, setAll] = useState(person?.allBusinessNumbers ?? false);
  const [chosen, setChosen] = useState(person?.businessNumbers.map((number) => number.id) ?? []);
  const [trouble, setTrouble] = useState<{ is: "refused" | "unanswered"; said: string } | null>(null);
  const [inviting, invite] = useMutation(InvitePerson);
  const [updating, update] = useMutation(UpdatePerson);

  const submit = async (): Promise<void> => {
    setTrouble(null);
    const reach = role === "ADMIN" ? {} : all ? { allBusinessNumbers: true } : { businessNumberIds: chosen };
    const answer =
      person === null
        ? answerOf(await invite({ input: { email: email.trim(), role, ...reach } }))
        : answerOf(
            await update({ input: { personId: person.id, ...(person.roleFromProvider ? {} : { role }), ...reach } }),
          );
    const said = troubleText(answer, word, locale);
    if (answer.is === "done") {
      const name = person ? knownAs(person) : email.trim();
      tell(t(person ? "people.wasChanged" : "people.wasInvited", { name }));
      close();
    } else if (said !== null) setTrouble({ is: answer.is, said });
  };

  // What cannot be meant of an invitation is the address: everything else is chosen.
  const atAddress = person === null && trouble !== null;
  return (
    <Dialog onClose={close} title={person ? t("changeIt", { name: knownAs(person) }) : t("people.inviteTitle")}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          {person === null && (
            <TextInput
              data-autofocus
              type="email"
              required
              label={t("people.email")}
              description={t("people.emailHint")}
              error={atAddress ? trouble.said : null}
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
          )}
          <Radio.Group
            label={t("people.role")}
            description={person?.roleFromProvider ? t("people.fromProvider") : null}
            value={role}
            onChange={(value) => setRole(value)}
          >
            <Stack gap="xs" mt={6}>
              {ROLES.map((each) => (
                <Radio
                  key={each}
                  value={each}
                  disabled={person?.roleFromProvider ?? false}
                  label={t(`people.roles.${each}`)}
                  description={t(`people.mays.${each}`)}
                />
              ))}
            </Stack>
          </Radio.Group>
          {role !== "ADMIN" && (
            <Stack gap="xs">
              <Switch
                label={t("people.allNumbers")}
                checked={all}
                onChange={(event) => setAll(event.currentTarget.checked)}
              />
              {!all && (
                <Checkbox.Group label={t("people.numbers")} value={chosen} onChange={setChosen}>
                  <Stack gap="xs" mt={6}>
                    {numbers.map((number) => (
                      <Checkbox
                        key={number.id}
                        value={number.id}
                        label={number.name}
                        description={number.displayPhoneNumber}
                      />
                    ))}
                  </Stack>
                </Checkbox.Group>
              )}
              {!all && chosen.length === 0 && (
                <Text size="sm" c="dimmed">
                  {t("people.needsNumbers")}
                </Text>
              )}
            </Stack>
          )}
          {trouble !== null && !atAddress && <Trouble message={trouble.said} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button
              type="submit"
              loading={inviting.fetching || updating.fetching}
              disabled={person === null && email.trim() === ""}
            >
              {t(person ? "save" : "people.invite")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
