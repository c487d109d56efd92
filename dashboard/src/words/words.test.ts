import { expect, test } from "vitest";

import { en } from "./en";
import { es } from "./es";
import { en as settingsEn } from "./settings/en";
import { es as settingsEs } from "./settings/es";

const english = leaves({ ...en, ofSettings: settingsEn });
const spanish = leaves({ ...es, ofSettings: settingsEs });

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
  for (const [key, word] of english) expect(placeholders(spanish.get(key) ?? ""), key).toEqual(placeholders(word));
});

test("no sentence is left empty or untranslated", () => {
  const same = [...spanish].filter(([key, word]) => word === "" || (word === english.get(key) && word.includes(" ")));
  expect(same).toEqual([]);
});
