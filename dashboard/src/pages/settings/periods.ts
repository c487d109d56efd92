import { msOf } from "../../ground/format";

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;

/** A length of time in words: PT24H is 24 hours, P7D is 7 days, as WhatsApp's own pages say. */
export function periodText(duration: string, locale: string): string {
  const ms = msOf(duration);
  const [value, unit] = ms > DAY && ms % DAY === 0 ? [ms / DAY, "day"] : [ms / HOUR, "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
}
