import { createInstance } from "i18next";
import { expect, test } from "vitest";

import { en } from "../../words/settings/en";
import { es } from "../../words/settings/es";
import { type Finding, findingText, problemOf } from "./findings";

const words = createInstance({
  resources: { en: { settings: en }, es: { settings: es } },
  defaultNS: "settings",
  interpolation: { escapeValue: false },
  showSupportNotice: false,
});
await words.init();

const said = (locale: "en" | "es", finding: Finding["finding"], ...particulars: [string, string][]): string =>
  findingText(
    { finding, particulars: particulars.map(([name, value]) => ({ name, value })) },
    words.getFixedT(locale, "settings"),
    locale,
  );

test("what Meta says of a number is told with its particulars, in either language", () => {
  const number = ["phone", "+918045550142"] as [string, string];
  expect(said("en", "NUMBER_SEEN", number)).toBe("The number is +918045550142.");
  expect(said("es", "NUMBER_SEEN", number)).toBe("El número es +918045550142.");
});

test("several of a kind are told in one sentence", () => {
  const fields: [string, string][] = [
    ["field", "messages"],
    ["field", "calls"],
  ];
  expect(said("en", "WEBHOOK_FIELDS_MISSING", ...fields)).toMatch(/^The app does not hear of messages and calls, /);
  expect(said("es", "WEBHOOK_FIELDS_MISSING", ...fields)).toMatch(/^La app no se entera de messages y calls, /);
});

test("a moment is told by the reader's calendar, and a pause without one without", () => {
  const end: [string, string] = ["endsAt", "2026-12-24T12:00:00+00:00"];
  expect(said("es", "TOKEN_ENDS", end)).toMatch(/^El token de acceso caduca el 24 dic 2026/);
  expect(said("en", "CALLING_PAUSED", end)).toMatch(/until Dec 24, 2026/);
  expect(said("en", "CALLING_PAUSED")).toBe(en.numbers.findings.CALLING_PAUSED);
});

test("one and several read as they should", () => {
  expect(said("es", "TEMPLATES_USABLE", ["count", "1"])).toBe("1 de sus plantillas puede pedir permiso para llamar.");
  expect(said("es", "TEMPLATES_USABLE", ["count", "2"])).toBe("2 de sus plantillas pueden pedir permiso para llamar.");
});

test.each([
  [131042, "payment"],
  [190, "token"],
  [217, "rights"],
  [100, null],
  [null, null],
])("an error of WhatsApp's with the code %s is about %s", (code, about) => expect(problemOf(code)).toBe(about));
