import { expect, test } from "vitest";

import { type NumberField, mistakenNumber, refusedNumber } from "./numberTrouble";

const ALL: NumberField[] = ["phoneNumberId", "environment", "wabaId", "name", "accessToken", "appSecret"];

test("each of Meta's reasons stands at the field that it is about, and the others below", () => {
  const refusal = {
    code: "BUSINESS_NUMBER_UNUSABLE",
    reasons: ["The secret is another's.", "The app is not subscribed.", "It is of another account."],
    aspects: ["APP_SECRET", "WEBHOOKS", "ACCOUNT"] as const,
  };
  expect(refusedNumber(refusal, "all of it", ALL)).toEqual({
    fields: { appSecret: "The secret is another's.", wabaId: "It is of another account." },
    rest: ["The app is not subscribed."],
  });
  expect(refusedNumber(refusal, "all of it", ["appSecret"]).rest).toHaveLength(2);
});

test("several reasons about one field are told one after the other", () => {
  const refusal = {
    code: "BUSINESS_NUMBER_UNUSABLE",
    reasons: ["One.", "Two."],
    aspects: ["NUMBER", "NUMBER"] as const,
  };
  expect(refusedNumber(refusal, "", ALL).fields).toEqual({ phoneNumberId: "One. Two." });
});

test("a refusal without reasons goes by its code", () => {
  expect(refusedNumber({ code: "BUSINESS_NUMBER_EXISTS" }, "It is there.", ALL).fields.phoneNumberId).toBe(
    "It is there.",
  );
  expect(refusedNumber({ code: "ENCRYPTION_KEY_MISSING" }, "No key.", ALL)).toEqual({ fields: {}, rest: ["No key."] });
});

test.each([
  ["The phoneNumberId is none of Meta's: those have digits only, as WhatsApp Manager shows them.", "phoneNumberId"],
  ["The accessToken is none: it has letters, digits and signs only, without spaces.", "accessToken"],
  ["Give the number a name of 1 to 100 characters.", "name"],
  ["There is no sandbox here. Add the number to PRODUCTION, or start Maycall with a sandbox.", "environment"],
] as const)("%s", (message, field) => {
  expect(mistakenNumber(message, ALL)).toEqual({ fields: { [field]: message }, rest: [] });
});
