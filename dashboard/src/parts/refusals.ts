import type { TFunction } from "i18next";

import type { Answer } from "../answers";
import { count, moment, periodText } from "../ground/format";

export interface Refused {
  code: string;
  message: string;
  availableAt: string | null;
  // What is told of some of them only.
  permissionStatus?: string;
  field?: string;
  limit?: { period: string; maximum: number } | null;
  maximum?: number;
  waiting?: number;
  mistakes?: readonly string[];
  details?: string | null;
}

type Told = Omit<Refused, "availableAt">;

/** A refusal in the reader's language: as much of it as is told, and the server's own sentence where no words are. */
export function refusalSentence(refusal: Told, t: TFunction, locale: string): string {
  const { code, message, limit, maximum = limit?.maximum ?? 0, waiting = 0 } = refusal;
  const which = limit ? "OF" : (refusal.permissionStatus ?? refusal.field);
  const said = t(which === undefined ? [`refusal.${code}`] : [`refusal.${code}_${which}`, `refusal.${code}`], {
    defaultValue: "",
    maximum: count(maximum, locale),
    period: limit ? periodText(limit.period, locale) : "",
    count: waiting,
    details: refusal.details ?? refusal.mistakes?.join(" ") ?? message,
  });
  return said || message;
}

/** A refusal in the reader's language, with the moment from which it no longer stands. */
export function refusalText(refusal: Refused, t: TFunction, locale: string): string {
  const sentence = refusalSentence(refusal, t, locale);
  return refusal.availableAt
    ? `${sentence} (${t("one.from", { when: moment(refusal.availableAt, locale) })})`
    : sentence;
}

/** Why a mutation was not done, in the reader's language; null where it was. */
export function troubleText(answer: Answer<unknown>, t: TFunction, locale: string): string | null {
  switch (answer.is) {
    case "done":
      return null;
    case "refused":
      return refusalText(answer.refusal, t, locale);
    case "unanswered":
      return answer.why;
  }
}
