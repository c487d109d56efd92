import {
  Button,
  Group,
  Modal,
  MultiSelect,
  NativeSelect,
  ScrollArea,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation, useQuery } from "urql";

import { type Answer, answerOf } from "../../answers";
import { useDesk } from "../../desk";
import type { PeopleQuery, Role } from "../../gql/graphql";
import { moment } from "../../ground/format";
import { Trouble } from "../../parts/Trouble";
import { troubleText } from "../../parts/refusals";
import { InvitePerson, People as Listed, RemovePerson, UpdatePerson } from "./People.graphql";

type Person = PeopleQuery["people"]["nodes"][number];

const ROLES: Role[] = ["ADMIN", "AGENT", "VIEWER"];

/** Who signs in, as what, and on which business numbers. */
export default function People(): ReactNode {
  const { t, i18n } = useTranslation();
  const [{ data, error }, reread] = useQuery({ query: Listed });
  const [changing, setChanging] = useState<Person | "nobody yet" | null>(null);
  const close = (): void => {
    setChanging(null);
    reread({ requestPolicy: "network-only" });
  };
  return (
    <Stack>
      {error && <Trouble message={error.message} retry={close} />}
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t("people.lead")}
        </Text>
        <Button onClick={() => setChanging("nobody yet")}>{t("people.invite")}</Button>
      </Group>
      <ScrollArea type="auto">
        <Table miw={700} verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("customer.name")}</Table.Th>
              <Table.Th>{t("people.role")}</Table.Th>
              <Table.Th>{t("settings.numbers")}</Table.Th>
              <Table.Th>{t("people.lastIn")}</Table.Th>
              <Table.Th aria-label={t("people.change")} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data?.people.nodes.map((person) => (
              <Table.Tr key={person.id}>
                <Table.Td>
                  <Text fw={600}>{person.name ?? person.email}</Text>
                  {person.name && (
                    <Text size="sm" c="dimmed">
                      {person.email}
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{person.removedAt ? t("people.removed") : t(`people.roles.${person.role}`)}</Table.Td>
                <Table.Td>
                  {person.allBusinessNumbers
                    ? t("people.allNumbers")
                    : person.businessNumbers.map((number) => number.name).join(", ") || "–"}
                </Table.Td>
                <Table.Td>
                  {person.lastSignedInAt ? moment(person.lastSignedInAt, i18n.language) : t("customer.never")}
                </Table.Td>
                <Table.Td>
                  {!person.removedAt && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={`${t("people.change")}: ${person.name ?? person.email ?? ""}`}
                      onClick={() => setChanging(person)}
                    >
                      {t("people.change")}
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {changing && <Rights person={changing === "nobody yet" ? null : changing} close={close} />}
    </Stack>
  );
}

/** Invites somebody, or changes what somebody may do. */
function Rights({ person, close }: { person: Person | null; close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const { numbers } = useDesk();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>(person?.role ?? "AGENT");
  const [all, setAll] = useState(person?.allBusinessNumbers ?? false);
  const [chosen, setChosen] = useState(person?.businessNumbers.map((number) => number.id) ?? []);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [inviting, invite] = useMutation(InvitePerson);
  const [updating, update] = useMutation(UpdatePerson);
  const [removing, remove] = useMutation(RemovePerson);
  const told = (answer: Answer<unknown>): void => {
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is === "done") close();
  };
  const rights = {
    role,
    ...(role === "ADMIN" ? {} : all ? { allBusinessNumbers: true } : { businessNumberIds: chosen }),
  };
  const submit = async (): Promise<void> => {
    if (person === null) {
      told(answerOf(await invite({ input: { email: email.trim(), ...rights } })));
    } else {
      const { role: changed, ...others } = rights;
      const input = { personId: person.id, ...(person.roleFromProvider ? {} : { role: changed }), ...others };
      told(answerOf(await update({ input })));
    }
  };
  const letGo = async (): Promise<void> => {
    if (person === null) return;
    told(answerOf(await remove({ input: { personId: person.id } })));
  };
  return (
    <Modal opened onClose={close} title={person ? (person.name ?? person.email) : t("people.invite")}>
      <form
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
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
          )}
          <NativeSelect
            label={t("people.role")}
            description={person?.roleFromProvider ? t("people.fromProvider") : null}
            disabled={person?.roleFromProvider ?? false}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
            data={ROLES.map((name) => ({ value: name, label: t(`people.roles.${name}`) }))}
          />
          {role !== "ADMIN" && (
            <>
              <Switch
                label={t("people.allNumbers")}
                checked={all}
                onChange={(event) => setAll(event.currentTarget.checked)}
              />
              {!all && (
                <MultiSelect
                  label={t("settings.numbers")}
                  data={numbers.map((number) => ({ value: number.id, label: number.name }))}
                  value={chosen}
                  onChange={setChosen}
                />
              )}
            </>
          )}
          {trouble !== null && <Trouble message={trouble} />}
          <Group justify="space-between">
            {person ? (
              <Button variant="outline" color="red.9" loading={removing.fetching} onClick={() => void letGo()}>
                {t("people.remove")}
              </Button>
            ) : (
              <span />
            )}
            <Group>
              <Button variant="default" onClick={close}>
                {t("settings.cancel")}
              </Button>
              <Button type="submit" loading={inviting.fetching || updating.fetching}>
                {person ? t("people.save") : t("people.invite")}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
