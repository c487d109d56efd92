import { Button, Group, Stack, TagsInput, TextInput } from "@mantine/core";
import type { ReactNode } from "react";

import { useTranslation } from "../words";
import { Trouble } from "./Trouble";

export interface Known {
  name: string;
  phone: string;
  tags: string[];
}

interface Parts {
  known: Known;
  change: (known: Known) => void;
  /** What is wrong with the phone. */
  wrong?: string | null;
  /** What else went wrong. */
  trouble: string | null;
  phoneNeeded?: boolean;
  save: string;
  busy: boolean;
  submit: () => Promise<void>;
  close: () => void;
  /** What else can be told of them. */
  children?: ReactNode;
}

/** What a business writes down of a customer. */
export function CustomerForm(parts: Parts): ReactNode {
  const { known, change, wrong = null, trouble, phoneNeeded = false, save, busy, submit, close, children } = parts;
  const { t } = useTranslation();
  return (
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
          value={known.name}
          maxLength={200}
          onChange={(event) => change({ ...known, name: event.currentTarget.value })}
        />
        <TextInput
          label={t("customer.phone")}
          description={t("add.phoneHint")}
          type="tel"
          required={phoneNeeded}
          value={known.phone}
          error={wrong}
          onChange={(event) => change({ ...known, phone: event.currentTarget.value })}
        />
        <TagsInput
          label={t("customer.tags")}
          description={t("add.tagsHint")}
          value={known.tags}
          onChange={(tags) => change({ ...known, tags })}
        />
        {children}
        {trouble !== null && <Trouble message={trouble} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t("settings.cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={phoneNeeded && known.phone.trim() === ""}>
            {save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
