import type { TFunction } from "i18next";

import type { CheckFinding } from "../../gql/graphql";
import { list, moment } from "../../ground/format";

export interface Finding {
  finding: CheckFinding;
  particulars: readonly { name: string; value: string }[];
}

/** What Meta says of one aspect of a number, in the reader's language; Meta's own words only where it gave a reason. */
export function findingText({ finding, particulars }: Finding, t: TFunction<"settings">, locale: string): string {
  const values = (name: string): string[] =>
    particulars
      .filter((each) => each.name === name)
      .map(({ value }) => (name === "endsAt" ? moment(value, locale) : value));
  const told = Object.fromEntries(particulars.map(({ name }) => [name, list(values(name), locale)]));
  const which = finding === "CALLING_PAUSED" && "endsAt" in told ? "CALLING_PAUSED_UNTIL" : finding;
  return t(`numbers.findings.${which}`, { ...told, count: Number(told.count ?? 0) });
}

export type Problem = "token" | "rights" | "policy" | "locked" | "payment" | "spam" | "sip" | "marketing" | "calling";

const PROBLEMS: Record<number, Problem> = {
  0: "token",
  190: "token",
  3: "rights",
  10: "rights",
  131005: "rights",
  368: "policy",
  131031: "locked",
  131042: "payment",
  131044: "payment",
  131048: "spam",
  131055: "sip",
  131064: "marketing",
  138013: "calling",
};

/** What kind of trouble an error of WhatsApp's is, where a person of the business can do something about it. */
export function problemOf(code: number | null): Problem | null {
  if (code === null) return null;
  return PROBLEMS[code] ?? (code >= 200 && code < 300 ? "rights" : null);
}
