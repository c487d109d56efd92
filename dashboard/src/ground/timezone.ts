/** What the clock shows where somebody lives. */

const MORNING = 8;
const EVENING = 21;

const clocks = new Map<string, Intl.DateTimeFormat | null>();

function clockOf(timezone: string, locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat | null {
  const key = `${locale} ${timezone} ${JSON.stringify(options)}`;
  let clock = clocks.get(key);
  if (clock === undefined) {
    try {
      clock = new Intl.DateTimeFormat(locale, { ...options, timeZone: timezone });
    } catch {
      clock = null; // a zone that this browser does not know
    }
    clocks.set(key, clock);
  }
  return clock;
}

export interface LocalTime {
  text: string;
  /** Most people would rather not be rung now: before eight, or from nine in the evening. */
  night: boolean;
}

/** The time there to the minute; null where there is no such zone. */
export function localTime(timezone: string | null, now: number, locale: string): LocalTime | null {
  if (timezone === null) return null;
  const text = clockOf(timezone, locale, { timeStyle: "short" })?.format(now);
  if (text === undefined) return null;
  const hour = Number(clockOf(timezone, "en-GB", { hour: "2-digit", hourCycle: "h23" })?.format(now));
  return { text, night: hour < MORNING || hour >= EVENING };
}
