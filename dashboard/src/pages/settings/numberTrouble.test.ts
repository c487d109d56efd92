import { expect, test } from "vitest";

import type { BusinessNumberAspect, CheckFragment } from "../../gql/graphql";
import { type NumberField, mistakenNumber, refusedNumber } from "./numberTrouble";

const ALL: NumberField[] = ["phoneNumberId", "environment", "wabaId", "name", "accessToken", "appSecret"];

function check(aspect: BusinessNumberAspect): CheckFragment {
  return { __typename: "BusinessNumberCheck", aspect, verdict: "FAILED", finding: "TOKEN_INVALID", particulars: [] };
}

const tell = ({ aspect }: CheckFragment): string => `Something about ${aspect}.`;

test("each of Meta's reasons stands at the field that it is about, and the others below", () => {
  const refusal = {
    code: "BUSINESS_NUMBER_UNUSABLE",
    checks: [check("APP_SECRET"), check("WEBHOOKS"), check("ACCOUNT")],
  };
  expect(refusedNumber(refusal, "all of it", ALL, tell)).toEqual({
    fields: { appSecret: "Something about APP_SECRET.", wabaId: "Something about ACCOUNT." },
    rest: ["Something about WEBHOOKS."],
  });
  expect(refusedNumber(refusal, "all of it", ["appSecret"], tell).rest).toHaveLength(2);
});

test("several reasons about one field are told one after the other", () => {
  const refusal = { code: "BUSINESS_NUMBER_UNUSABLE", checks: [check("NUMBER"), check("NUMBER")] };
  const twice = "Something about NUMBER. Something about NUMBER.";
  expect(refusedNumber(refusal, "", ALL, tell).fields).toEqual({ phoneNumberId: twice });
});

test("a refusal without reasons goes by its code", () => {
  expect(refusedNumber({ code: "BUSINESS_NUMBER_EXISTS" }, "It is there.", ALL, tell).fields.phoneNumberId).toBe(
    "It is there.",
  );
  expect(refusedNumber({ code: "ENCRYPTION_KEY_MISSING" }, "No key.", ALL, tell)).toEqual({
    fields: {},
    rest: ["No key."],
  });
});

test.each([
  ["The phoneNumberId is none of Meta's: those have digits only, as WhatsApp Manager shows them.", "phoneNumberId"],
  ["The accessToken is none: it has letters, digits and signs only, without spaces.", "accessToken"],
  ["Give the number a name of 1 to 100 characters.", "name"],
  ["There is no sandbox here. Add the number to PRODUCTION, or start Maycall with a sandbox.", "environment"],
] as const)("%s", (message, field) => {
  expect(mistakenNumber(message, ALL)).toEqual({ fields: { [field]: message }, rest: [] });
});
