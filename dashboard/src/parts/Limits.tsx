import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { moment } from "../ground/format";

export interface Limit {
  period: string;
  maximum: number;
  used: number;
  resetsAt: string | null;
}

/** An ISO duration of whole days or hours, in words. */
export function periodText(period: string, locale: string): string {
  const [, days, hours] = /^P(?:(\d+)D)?(?:T(\d+)H)?$/.exec(period) ?? [];
  const [value, unit] = days ? [Number(days), "day"] : [Number(hours ?? 0), "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
}

/** How much of a limit is used, and when the next use becomes free where none is left. */
export function LimitText({ limit }: { limit: Limit }): ReactNode {
  const { t, i18n } = useTranslation();
  const { used, maximum, resetsAt } = limit;
  const period = periodText(limit.period, i18n.language);
  return (
    <div>
      {t("request.used", { used, maximum, period })}
      {resetsAt && ` · ${t("one.from", { when: moment(resetsAt, i18n.language) })}`}
    </div>
  );
}
