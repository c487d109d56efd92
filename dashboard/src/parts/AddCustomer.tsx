import { type ReactNode, useState } from "react";
import { useMutation } from "urql";

import { answerOf } from "../answers";
import { useTranslation } from "../words";
import { CreateCustomer } from "./AddCustomer.graphql";
import { CustomerForm, type Known } from "./CustomerForm";
import { Dialog } from "./Dialog";
import { tell } from "./notice";
import { troubleText } from "./refusals";

export default function AddCustomer({ close }: { close: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const [known, setKnown] = useState<Known>({ name: "", phone: "", tags: [] });
  const [{ fetching }, create] = useMutation(CreateCustomer);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null); // with the phone

  const submit = async (): Promise<void> => {
    const { name, phone, tags } = known;
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
      <CustomerForm
        known={known}
        change={(now) => {
          setKnown(now);
          if (now.phone !== known.phone) setWrong(null);
        }}
        wrong={wrong}
        trouble={trouble}
        phoneNeeded
        save={t("add.save")}
        busy={fetching}
        submit={submit}
        close={close}
      />
    </Dialog>
  );
}
