import type { BusinessNumberAspect, CheckFragment } from "../../gql/graphql";

export type NumberField = "phoneNumberId" | "environment" | "wabaId" | "name" | "accessToken" | "appSecret";

/** Why a number was not kept, each reason at the field that it is about, and the rest. */
export interface NumberTrouble {
  fields: Partial<Record<NumberField, string>>;
  rest: string[];
}

export const NO_TROUBLE: NumberTrouble = { fields: {}, rest: [] };

const OF_ASPECT: Record<BusinessNumberAspect, NumberField | null> = {
  ACCESS_TOKEN: "accessToken",
  NUMBER: "phoneNumberId",
  ACCOUNT: "wabaId",
  APP_SECRET: "appSecret",
  CALLING: null,
  WEBHOOKS: null,
  TEMPLATES: null,
};
const OF_CODE: Record<string, NumberField> = {
  BUSINESS_NUMBER_EXISTS: "phoneNumberId",
  BUSINESS_NUMBER_ELSEWHERE: "phoneNumberId",
  CREDENTIALS_MISSING: "accessToken",
};
const OF_WORDS: readonly [RegExp, NumberField][] = [
  [/\bphoneNumberId\b/, "phoneNumberId"],
  [/\bwabaId\b/, "wabaId"],
  [/\baccessToken\b/, "accessToken"],
  [/\bappSecret\b/, "appSecret"],
  [/\bname\b/, "name"],
  [/\bsandbox\b/, "environment"],
];

interface Refused {
  code: string;
  checks?: readonly CheckFragment[];
}

/**
 * Places a refusal, whose sentence is `said`; what Meta found is told by `tell`, and goes by what it looked at. A form
 * without a field is told in the rest.
 */
export function refusedNumber(
  { code, checks }: Refused,
  said: string,
  has: readonly NumberField[],
  tell: (check: CheckFragment) => string,
): NumberTrouble {
  const found = checks?.map((check): Placed => [OF_ASPECT[check.aspect], tell(check)]);
  return placed(found ?? [[OF_CODE[code] ?? null, said]], has);
}

/** Places what the server says of an input that cannot be meant: its sentence names the field. */
export function mistakenNumber(message: string, has: readonly NumberField[]): NumberTrouble {
  return placed([[OF_WORDS.find(([word]) => word.test(message))?.[1] ?? null, message]], has);
}

type Placed = readonly [NumberField | null, string];

function placed(reasons: readonly Placed[], has: readonly NumberField[]): NumberTrouble {
  const trouble: NumberTrouble = { fields: {}, rest: [] };
  for (const [field, reason] of reasons) {
    if (field === null || !has.includes(field)) trouble.rest.push(reason);
    else trouble.fields[field] = trouble.fields[field] === undefined ? reason : `${trouble.fields[field]} ${reason}`;
  }
  return trouble;
}
