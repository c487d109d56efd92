import { expect, test } from "vitest";

import { wordsOf } from "./requestWords";

const LISTED = { name: "ask", language: "en", header: "{{shop}}", body: "Hello {{1}}, may we call about {{ topic }}?" };
const parameters = [
  { name: "1", value: "Meera" },
  { name: "topic", value: "your {{order}}" },
  { name: "header.shop", value: "Chai & Co" },
];

test("a template is told as the customer read it", () => {
  const asked = { kind: "TEMPLATE", text: null, template: { name: "ask", language: "en", parameters } };
  expect(wordsOf(asked, [LISTED])).toEqual({
    is: "template",
    name: "ask",
    text: "Chai & Co · Hello Meera, may we call about your {{order}}?",
  });
});

test("a template that WhatsApp lists no longer is told by its name", () => {
  const asked = { kind: "TEMPLATE", text: null, template: { name: "ask", language: "es", parameters } };
  expect(wordsOf(asked, [LISTED])).toEqual({ is: "template", name: "ask", text: null });
});

test("free words are told as they are, and where there are none they were WhatsApp's own", () => {
  expect(wordsOf({ kind: "FREE_FORM", text: "May we call?", template: null }, [])).toEqual({
    is: "own",
    text: "May we call?",
  });
  expect(wordsOf({ kind: "FREE_FORM", text: null, template: null }, [])).toEqual({ is: "plain" });
});
