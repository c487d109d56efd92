import { Button, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { type Row, type Scope, useDesk } from "../desk";
import { useDoings } from "./doings";
import { refusalText } from "./refusals";

interface Way {
  allowed: boolean;
  blockers: { code: string; message: string; availableAt: string | null }[];
}

/** A button that says before the click whether it may be pressed, and every reason why not. */
function Doing({
  way,
  scope,
  label,
  name,
  filled,
  press,
}: {
  way: Way;
  scope: Scope;
  label: string;
  name: string;
  filled?: boolean;
  press: () => void;
}): ReactNode {
  const { t, i18n } = useTranslation();
  const { may } = useDesk();
  const reasons = may(scope)
    ? way.blockers.map((blocker) => refusalText(blocker, t, i18n.language))
    : [t("error.mayNot")];
  const open = way.allowed && may(scope);
  return (
    <Tooltip
      label={reasons.join(" ")}
      disabled={open}
      multiline
      maw={320}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Button
        size="compact-sm"
        variant={filled ? "filled" : "default"}
        aria-label={`${label}: ${name}`}
        aria-disabled={!open}
        {...(open ? {} : { "data-disabled": true })}
        onClick={(event) => {
          event.stopPropagation();
          if (open) press();
        }}
      >
        {label}
      </Button>
    </Tooltip>
  );
}

export function AskButton({ row }: { row: Row }): ReactNode {
  const { t } = useTranslation();
  const { ask } = useDoings();
  const label = row.latestRequest ? t("request.again") : t("request.button");
  return (
    <Doing way={row.canRequest} scope="permissions:request" label={label} name={nameOf(row)} press={() => ask(row)} />
  );
}

export function CallButton({ row }: { row: Row }): ReactNode {
  const { t } = useTranslation();
  const { call } = useDoings();
  return (
    <Doing
      way={row.canCall}
      scope="calls:write"
      label={t("call.button")}
      name={nameOf(row)}
      filled
      press={() => call(row)}
    />
  );
}

export function nameOf({ customer }: Pick<Row, "customer">): string {
  return customer.name ?? customer.phone ?? "—";
}
