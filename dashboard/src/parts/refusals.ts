import type { TFunction } from "i18next";

import type { Answer } from "../answers";
import { moment } from "../ground/format";

export interface Refused {
  code: string;
  message: string;
  availableAt: string | null;
}

/** A refusal in the reader's language. */
export function refusalSentence({ code, message }: Pick<Refused, "code" | "message">, t: TFunction): string {
  const said: Record<string, string> = t("refusal", { returnObjects: true });
  return said[code] ?? message;
}

/** A refusal in the reader's language, with the moment from which it no longer stands. */
export function refusalText(refusal: Refused, t: TFunction, locale: string): string {
  const sentence = refusalSentence(refusal, t);
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
