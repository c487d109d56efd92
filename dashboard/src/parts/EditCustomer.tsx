import { Autocomplete, Skeleton, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation, useQuery } from "urql";

import { answerOf, faultText } from "../answers";
import type { CustomerDetailsQuery } from "../gql/graphql";
import { useTranslation } from "../words";
import { CustomerForm, type Known } from "./CustomerForm";
import { Dialog } from "./Dialog";
import { CustomerDetails, UpdateCustomer } from "./EditCustomer.graphql";
import { Trouble } from "./Trouble";
import { tell } from "./notice";
import { troubleText } from "./refusals";

type Details = NonNullable<CustomerDetailsQuery["customer"]>;

/** What the business knows of a customer, to be changed. */
export default function EditCustomer({ id, close }: { id: string; close: () => void }): ReactNode {
  const { t } = useTranslation();
  const [{ data, error }] = useQuery({ query: CustomerDetails, variables: { id } });
  return (
    <Dialog onClose={close} title={t("edit.title")}>
      {error && <Trouble message={faultText(error)} />}
      {!data && !error && <Skeleton height={320} aria-busy />}
      {data && !data.customer && <Trouble message={t("customer.notFound")} />}
      {data?.customer && <Form details={data.customer} close={close} />}
    </Dialog>
  );
}

function Form({ details, close }: { details: Details; close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [known, setKnown] = useState<Known>({
    name: details.name ?? "",
    phone: details.phone ?? "",
    tags: details.tags,
  });
  const [externalId, setExternalId] = useState(details.externalId ?? "");
  const [timezone, setTimezone] = useState(details.timezone ?? "");
  const [{ fetching }, update] = useMutation(UpdateCustomer);
  const [trouble, setTrouble] = useState<string | null>(null);

  const submit = async (): Promise<void> => {
    // Only what was changed: somebody else may be changing the rest at this moment.
    const changed = (before: string | null, now: string): string | null | undefined =>
      (before ?? "") === now.trim() ? undefined : now.trim() || null;
    const { name, phone, tags } = known;
    const wanted = {
      name: changed(details.name, name),
      phone: changed(details.phone, phone),
      externalId: changed(details.externalId, externalId),
      timezone: changed(details.timezone, timezone),
      tags: tags.join("\n") === details.tags.join("\n") ? undefined : tags,
    };
    const input = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    if (Object.keys(input).length === 0) {
      close();
      return;
    }
    const answer = answerOf(await update({ input: { ...input, customerId: details.id } }));
    setTrouble(troubleText(answer, t, i18n.language));
    if (answer.is !== "done") return;
    const { customer } = answer.done;
    tell(t("edit.done", { name: customer.name ?? customer.phone ?? "" }));
    close();
  };

  return (
    <CustomerForm
      known={known}
      change={setKnown}
      trouble={trouble}
      save={t("edit.save")}
      busy={fetching}
      submit={submit}
      close={close}
    >
      <Autocomplete
        label={t("customer.timezone")}
        description={t("edit.timezoneHint")}
        data={Intl.supportedValuesOf("timeZone")}
        limit={30}
        value={timezone}
        onChange={setTimezone}
      />
      <TextInput
        label={t("customer.externalId")}
        value={externalId}
        onChange={(event) => setExternalId(event.currentTarget.value)}
      />
    </CustomerForm>
  );
}
