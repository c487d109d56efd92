import { calledToday, endsAt, type Standing } from "./standing";

const HOUR = 3_600_000;
const WITHIN_HOURS = 3 * HOUR;

/** How soon somebody has to be rung, most urgent first; those rung today come last of all. */
export const SECTIONS = ["hours", "today", "week", "later", "forGood", "called"] as const;
export type Section = (typeof SECTIONS)[number];

type Row = Standing & Parameters<typeof calledToday>[0];

/** Where the reader's day and week end, in milliseconds. */
export interface Bounds {
  day: number;
  week: number;
}

type Weeks = Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };

/** The day after which the week is over, 1 for Monday to 7 for Sunday. */
function firstDay(locale: string): number {
  const told: Weeks = new Intl.Locale(locale);
  return (told.getWeekInfo?.() ?? told.weekInfo)?.firstDay ?? 1;
}

export function boundsOf(now: number, locale: string): Bounds {
  const day = new Date(now);
  day.setHours(24, 0, 0, 0);
  const week = new Date(day);
  const days = (firstDay(locale) - (day.getDay() || 7) + 7) % 7;
  week.setDate(week.getDate() + days);
  return { day: day.getTime(), week: week.getTime() };
}

export function sectionOf(row: Row, now: number, bounds: Bounds): Section {
  if (calledToday(row, now)) return "called";
  const end = endsAt(row);
  if (end === Number.POSITIVE_INFINITY) return "forGood";
  if (end - now <= WITHIN_HOURS) return "hours";
  if (end <= bounds.day) return "today";
  return end <= bounds.week ? "week" : "later";
}

/** Those who may be rung by how soon they have to be, each section in the order in which they came. */
export function bySection<Each extends Row>(rows: readonly Each[], now: number, locale: string): Map<Section, Each[]> {
  const bounds = boundsOf(now, locale);
  const found = new Map<Section, Each[]>(SECTIONS.map((section) => [section, []]));
  for (const row of rows) found.get(sectionOf(row, now, bounds))?.push(row);
  return new Map([...found].filter(([, own]) => own.length > 0));
}
