import { Button, Group, Modal, Stack, TagsInput, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";

import { answerOf } from "../answers";
import { CreateCustomer } from "./AddCustomer.graphql";
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

  const submit = async (): Promise<void> => {
    const answer = answerOf(await create({ input: { name: name.trim() || null, phone: phone.trim(), tags } }));
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is !== "done") return;
    const { customer } = answer.done;
    tell(t("add.added", { name: customer.name ?? customer.phone ?? "" }));
    close();
  };

  return (
    <Modal opened onClose={close} title={t("add.title")}>
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
            onChange={(event) => setPhone(event.currentTarget.value)}
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
    </Modal>
  );
}
