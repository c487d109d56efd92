import { Button, Group, Stack, TagsInput, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";

import { answerOf } from "../answers";
import { useTranslation } from "../words";
import { CreateCustomer } from "./AddCustomer.graphql";
import { Dialog } from "./Dialog";
import { Trouble } from "./Trouble";
import { tell } from "./notice";
import { troubleText } from "./refusals";

export default function AddCustomer({ close }: { close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const [{ fetching }, create] = useMutation(CreateCustomer);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null); // with the phone

  const submit = async (): Promise<void> => {
    const result = await create({ input: { name: name.trim() || null, phone: phone.trim(), tags } });
    const answer = answerOf(result);
    const text = troubleText(answer, t, i18n.language);
    // It is no number, or somebody else's: nothing else can be wrong with what is asked for here.
    const misread = result.error?.graphQLErrors.some((fault) => fault.extensions.code === "BAD_USER_INPUT") ?? false;
    setWrong(answer.is === "refused" || misread ? text : null);
    setTrouble(answer.is === "refused" || misread ? null : text);
    if (answer.is !== "done") return;
    const { customer } = answer.done;
    tell(t("add.added", { name: customer.name ?? customer.phone ?? "" }));
    close();
  };

  return (
    <Dialog onClose={close} title={t("add.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <TextInput
            data-autofocus
            label={t("customer.name")}
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t("customer.phone")}
            description={t("add.phoneHint")}
            type="tel"
            required
            value={phone}
            error={wrong}
            onChange={(event) => {
              setPhone(event.currentTarget.value);
              setWrong(null);
            }}
          />
          <TagsInput label={t("customer.tags")} description={t("add.tagsHint")} value={tags} onChange={setTags} />
          {trouble !== null && <Trouble message={trouble} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("settings.cancel")}
            </Button>
            <Button type="submit" loading={fetching} disabled={phone.trim() === ""}>
              {t("add.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
