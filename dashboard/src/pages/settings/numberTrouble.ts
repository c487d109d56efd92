import type { BusinessNumberAspect } from "../../gql/graphql";

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

interface Reasoned {
  code: string;
  reasons?: readonly string[];
  aspects?: readonly BusinessNumberAspect[];
}

/** Places a refusal, whose sentence is `said`; what Meta found goes by what it looked at. A form without a field is told in the rest. */
export function refusedNumber(refusal: Reasoned, said: string, has: readonly NumberField[]): NumberTrouble {
  const found = refusal.reasons ?? [said];
  return placed(
    found.map((reason, index) => {
      const aspect = refusal.aspects?.[index];
      return [aspect === undefined ? (OF_CODE[refusal.code] ?? null) : OF_ASPECT[aspect], reason];
    }),
    has,
  );
}

/** Places what the server says of an input that cannot be meant: its sentence names the field. */
export function mistakenNumber(message: string, has: readonly NumberField[]): NumberTrouble {
  return placed([[OF_WORDS.find(([word]) => word.test(message))?.[1] ?? null, message]], has);
}

function placed(reasons: readonly [NumberField | null, string][], has: readonly NumberField[]): NumberTrouble {
  const trouble: NumberTrouble = { fields: {}, rest: [] };
  for (const [field, reason] of reasons) {
    if (field === null || !has.includes(field)) trouble.rest.push(reason);
    else trouble.fields[field] = trouble.fields[field] === undefined ? reason : `${trouble.fields[field]} ${reason}`;
  }
  return trouble;
}
