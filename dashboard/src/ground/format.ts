/** Dates, spans and numbers in the reader's own language. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Makes a formatter once for each language: that takes as long as writing fifty dates with it. */
function once<Made>(make: (locale: string) => Made): (locale: string) => Made {
  const made = new Map<string, Made>();
  return (locale) => {
    const known = made.get(locale) ?? make(locale);
    made.set(locale, known);
    return known;
  };
}

const moments = once((locale) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }));
const times = once((locale) => new Intl.DateTimeFormat(locale, { timeStyle: "medium" }));
const counts = once((locale) => new Intl.NumberFormat(locale));
const distances = once((locale) => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
const inUnits = (unit: string) =>
  once((locale) => new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "narrow" }));
const units = { day: inUnits("day"), hour: inUnits("hour"), minute: inUnits("minute"), second: inUnits("second") };

export function moment(iso: string, locale: string): string {
  return moments(locale).format(new Date(iso));
}

export function timeOfDay(iso: string, locale: string): string {
  return times(locale).format(new Date(iso));
}

/** A moment among others of a day: its time, and its date where that is another one. */
export function clockOn(iso: string, day: string, locale: string, seconds = false): string {
  const same = new Date(iso).toDateString() === new Date(day).toDateString();
  const timeStyle = seconds ? "medium" : "short";
  return new Intl.DateTimeFormat(locale, same ? { timeStyle } : { dateStyle: "medium", timeStyle }).format(
    new Date(iso),
  );
}

export function day(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "full" }).format(new Date(iso));
}

export function count(value: number, locale: string): string {
  return counts(locale).format(value);
}

export function share(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(value);
}

/** How long ago or until something is: "3 hours ago", "in 2 days". */
export function distance(iso: string, now: number, locale: string): string {
  const ms = Date.parse(iso) - now;
  const words = distances(locale);
  const size = Math.abs(ms);
  if (size < MINUTE) return words.format(0, "minute");
  if (size < HOUR) return words.format(Math.trunc(ms / MINUTE), "minute");
  if (size < DAY) return words.format(Math.trunc(ms / HOUR), "hour");
  return words.format(Math.trunc(ms / DAY), "day");
}

function unit(value: number, name: keyof typeof units, locale: string): string {
  return units[name](locale).format(value);
}

/** A span in its two largest units, to the second when it is short: "6d 3h", "4m 09s". */
export function span(ms: number, locale: string): string {
  const left = Math.max(0, ms);
  const seconds = Math.floor(left / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${unit(days, "day", locale)} ${unit(hours % 24, "hour", locale)}`;
  if (hours > 0) return `${unit(hours, "hour", locale)} ${unit(minutes % 60, "minute", locale)}`;
  return `${unit(minutes, "minute", locale)} ${unit(seconds % 60, "second", locale)}`;
}

/** How long a call lasts, as phones show it: 0:42, 12:05. */
export function callLength(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}

/** The milliseconds of an ISO duration in days, hours, minutes and seconds: PT3H20M, P1DT2H. */
export function msOf(duration: string): number {
  const [, days, hours, minutes, seconds] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(duration) ?? [];
  return (
    Number(days ?? 0) * DAY + Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE + Number(seconds ?? 0) * 1000
  );
}

/** A length of time in words: PT24H is 24 hours, P7D is 7 days, as WhatsApp's own pages say. */
export function periodText(duration: string, locale: string): string {
  const ms = msOf(duration);
  const [value, name] = ms > DAY && ms % DAY === 0 ? [ms / DAY, "day"] : [ms / HOUR, "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
}

/** Several things in one sentence: "messages and calls". */
export function list(words: readonly string[], locale: string): string {
  return new Intl.ListFormat(locale).format(words);
}
