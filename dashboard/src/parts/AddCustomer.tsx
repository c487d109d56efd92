import { Button, Group, Modal, Stack, TagsInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMutation } from "urql";

import { CreateCustomer } from "../documents";
import { Trouble } from "./Trouble";
import { refusalText } from "./refusals";

export default function AddCustomer({ close }: { close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [tags, setTags] = useState<string[]>([]);
  const [{ fetching, error }, create] = useMutation(CreateCustomer);
  const [refusal, setRefusal] = useState<string | null>(null);

  const submit = async (): Promise<void> => {
    setRefusal(null);
    const { data } = await create({ input: { name: name.trim() || null, phone: phone.trim(), tags } });
    const outcome = data?.createCustomer;
    if (outcome?.__typename === "CreateCustomerSuccess") {
      notifications.show({ message: t("add.added", { name: outcome.customer.name ?? outcome.customer.phone ?? "" }) });
      close();
    } else if (outcome) setRefusal(refusalText(outcome, t, i18n.language));
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
          <TextInput data-autofocus label={t("customer.name")} value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
          <TextInput
            label={t("customer.phone")}
            description={t("add.phoneHint")}
            type="tel"
            required
            value={phone}
            onChange={(event) => setPhone(event.currentTarget.value)}
          />
          <TagsInput label={t("customer.tags")} description={t("add.tagsHint")} value={tags} onChange={setTags} />
          {(refusal ?? error) && <Trouble message={refusal ?? error?.graphQLErrors[0]?.message ?? error?.message ?? ""} />}
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
