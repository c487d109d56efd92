import type { ReactNode } from "react";

import { moment, periodText } from "../ground/format";
import { useTranslation } from "../words";

export interface Limit {
  period: string;
  maximum: number;
  used: number;
  resetsAt: string | null;
}

/** How much of a limit on requests or calls is used, and when the next use becomes free where none is left. */
export function LimitText({ limit, of }: { limit: Limit; of: "request" | "call" }): ReactNode {
  const { t, i18n } = useTranslation();
  const { used, maximum, resetsAt } = limit;
  const period = periodText(limit.period, i18n.language);
  return (
    <div>
      {t(of === "call" ? "call.used" : "request.used", { used, count: maximum, period })}
      {resetsAt && ` · ${t("one.from", { when: moment(resetsAt, i18n.language) })}`}
    </div>
  );
}
