import { type ReactNode, useCallback } from "react";

import type { Row } from "../desk";
import { callLength, distance, moment } from "../ground/format";
import { useAt } from "../ground/tick";
import { useTranslation } from "../words";

/** How long ago, which is drawn again only when the words change. */
export function Ago({ iso }: { iso: string }): ReactNode {
  const { i18n } = useTranslation();
  const text = useAt(useCallback((now) => distance(iso, now, i18n.language), [iso, i18n.language]));
  return <span title={moment(iso, i18n.language)}>{text}</span>;
}

/** How a call fared: that it ended and after how long, or that it never began. */
type Call = Pick<NonNullable<Row["latestCall"]>, "status" | "direction" | "durationSeconds">;

export function useCallFate(): (call: Call) => string {
  const { t } = useTranslation();
  return (call) => {
    const told = t(`callStatus.${call.status}`);
    const whole = call.direction === "USER_INITIATED" ? t("last.incoming", { told }) : told;
    return call.status === "COMPLETED" && call.durationSeconds !== null
      ? `${whole} ${callLength(call.durationSeconds)}`
      : whole;
  };
}

export function LastCall({ row }: { row: Row }): ReactNode {
  const fate = useCallFate();
  const { latestCall } = row;
  if (!latestCall) return null;
  return (
    <>
      {fate(latestCall)} · <Ago iso={latestCall.endedAt ?? latestCall.queuedAt} />
    </>
  );
}

type Request = NonNullable<Row["latestRequest"]>;

/** When a request last got any further. */
export function reachedAt(request: Request): string {
  return request.answeredAt ?? request.readAt ?? request.deliveredAt ?? request.sentAt ?? request.queuedAt;
}

/** What became of a request so far, in a word or two. */
export function useRequestFate(): (request: Pick<Request, "answer" | "status">) => string {
  const { t } = useTranslation();
  return ({ answer, status }) => (answer ? t(`answer.${answer}`) : t(`requestStatus.${status}`));
}
