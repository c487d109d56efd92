import { expect, test } from "vitest";

import { readSheet } from "./importing";

test.each([
  ["a comma", 'name,phone,tags\nMeera,+919812300457,"vip, renewal"\n'],
  ["a semicolon, as Excel writes it in much of Europe", "\uFEFFName;Phone;Tags\r\nMeera;+919812300457;vip|renewal\r\n"],
  ["a tab", "NAME\tPhone number\tTags\nMeera\t+919812300457\tvip,renewal\n"],
])("a file whose columns are parted by %s is read", (_, text) => {
  expect(readSheet(text).rows).toEqual([{ name: "Meera", phone: "+919812300457", tags: ["vip", "renewal"] }]);
});

test("what is left empty is left out, and headings that mean nothing are told", () => {
  const sheet = readSheet("external_id,shoe size,phone\n17,42,\n\n18,,+5511987650321\n");
  expect(sheet.rows).toEqual([{ externalId: "17" }, { externalId: "18", phone: "+5511987650321" }]);
  expect(sheet.unknown).toEqual(["shoe size"]);
});
