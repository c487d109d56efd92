import { expect, test } from "vitest";

import { en } from "./en";
import { es } from "./es";

interface Tree {
  [key: string]: string | Tree;
}

function leaves(words: Tree, path = ""): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, word]) =>
      typeof word === "string" ? [[`${path}${key}`, word] as const] : [...leaves(word, `${path}${key}.`)],
    ),
  );
}

const placeholders = (word: string): string[] =>
  [...word.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? "").sort();

test("every sentence that takes something in takes in the same in each language", () => {
  const spanish = leaves(es);
  for (const [key, word] of leaves(en)) expect(placeholders(spanish.get(key) ?? ""), key).toEqual(placeholders(word));
});

test("no sentence is left empty or untranslated", () => {
  const english = leaves(en);
  const same = [...leaves(es)].filter(
    ([key, word]) => word === "" || (word === english.get(key) && word.includes(" ")),
  );
  expect(same).toEqual([]);
});
