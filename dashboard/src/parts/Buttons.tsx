import { Button } from "@mantine/core";
import { type ReactNode, useCallback } from "react";

import { type Row, type Scope, useDesk } from "../desk";
import { useAt } from "../ground/tick";
import { callable, opened } from "../standing";
import { useTranslation } from "../words";
import { useDoings } from "./doings";
import { refusalText } from "./refusals";

interface Way {
  allowed: boolean;
  blockers: { code: string; message: string; availableAt: string | null }[];
}

interface DoingParts {
  way: Way;
  open: boolean;
  scope: Scope;
  label: string;
  name: string;
  filled?: boolean;
  press: () => void;
}

/** A button that says before the click whether it may be pressed, and every reason why not. */
function Doing({ way, open: free, scope, label, name, filled, press }: DoingParts): ReactNode {
  const { t, i18n } = useTranslation();
  const { may } = useDesk();
  const open = free && may(scope);
  const reasons = may(scope)
    ? way.blockers.map((blocker) => refusalText(blocker, t, i18n.language)).join(" ")
    : t("error.mayNot");
  return (
    <Button
      size="compact-sm"
      variant={filled ? "filled" : "default"}
      aria-label={`${label}: ${name}`}
      aria-disabled={!open}
      {...(open || reasons === "" ? {} : { "data-hint": reasons, "aria-description": reasons })}
      {...(open ? {} : { "data-disabled": true })}
      onClick={(event) => {
        event.stopPropagation();
        if (open) press();
      }}
    >
      {label}
    </Button>
  );
}

/** Whether somebody may be rung at this second, and whether they may be asked. */
export function useStanding(row: Row | undefined): { mayCall: boolean; mayAsk: boolean } {
  const mayCall = useAt(useCallback((now) => row !== undefined && callable(row, now), [row]));
  const mayAsk = useAt(useCallback((now) => row !== undefined && opened(row.canRequest, now), [row]));
  return { mayCall, mayAsk };
}

export function AskButton({ row }: { row: Row }): ReactNode {
  const { t } = useTranslation();
  const { ask } = useDoings();
  const { mayAsk } = useStanding(row);
  const label = row.latestRequest ? t("request.again") : t("request.button");
  return (
    <Doing
      way={row.canRequest}
      open={mayAsk}
      scope="permissions:request"
      label={label}
      name={nameOf(row)}
      press={() => ask(row)}
    />
  );
}

export function CallButton({ row }: { row: Row }): ReactNode {
  const { t } = useTranslation();
  const { call } = useDoings();
  const { mayCall } = useStanding(row);
  return (
    <Doing
      way={row.canCall}
      open={mayCall}
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
