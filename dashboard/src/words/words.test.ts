import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { buildSchema, isEnumType } from "graphql";
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

const schema = buildSchema(readFileSync("../schema.graphql", "utf8"));

/** The values of one of the API's enums. */
function codes(name: string): string[] {
  const found = schema.getType(name);
  return isEnumType(found) ? found.getValues().map((value) => value.name) : [];
}

/** The words by their codes, whatever else they depend on: one and several of it, and what it is about. */
function said(words: Record<string, string>, known: readonly string[]): Set<string> {
  return new Set(Object.keys(words).map((key) => known.find((code) => key === code || key === `${code}_one`) ?? key));
}

test("every refusal has Spanish words; in English those of the server serve", () => {
  const known = codes("RefusalCode");
  expect(known.length).toBeGreaterThan(30);
  expect(known.filter((code) => !said(es.refusal, known).has(code))).toEqual([]);
});

test("no refusal has words that the API does not know", () => {
  const known = codes("RefusalCode");
  const strange = [...Object.keys(en.refusal), ...Object.keys(es.refusal)].filter(
    (key) => !known.some((code) => key === code || key.startsWith(`${code}_`)),
  );
  expect(strange).toEqual([]);
});

test.each([
  ["CheckFinding", settingsEn.numbers.findings, settingsEs.numbers.findings],
  ["BusinessNumberAspect", settingsEn.numbers.aspects, settingsEs.numbers.aspects],
  ["CheckVerdict", settingsEn.numbers.verdicts, settingsEs.numbers.verdicts],
])("every %s of a number's health has words in both languages", (name, ...both: Record<string, string>[]) => {
  const known = codes(name);
  expect(known.length).toBeGreaterThan(3);
  for (const words of both) expect(known.filter((code) => !said(words, known).has(code))).toEqual([]);
});

test("every reason why a line of a file is refused has Spanish words, but for what is told of its fields", () => {
  expect([...Object.keys(es.import.problem), "INVALID"].sort()).toEqual(codes("ImportProblem").sort());
});

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^gql\b|^words\b/.test(path))
  .map((path) => ({ path, text: readFileSync(join("src", path), "utf8") }));

const enums = Object.values(schema.getTypeMap()).flatMap((type) => (isEnumType(type) ? codes(type.name) : []));

/**
 * Those of the words that nothing in the sources asks for: neither by their whole name, nor by a beginning, what is put
 * in, and an end. What is put in stands in quotes somewhere, names something in the same file, or is one of the API's.
 */
function unused(words: Iterable<string>, asking: readonly { text: string }[]): string[] {
  const texts = asking.map(({ text }) => text);
  const quoted = texts.flatMap((text) =>
    [...text.matchAll(/"([\w.:]+)"/g)].map(([, name = ""]) => name.replace(":", "_")),
  );
  const names = new Set([...quoted, ...enums]);
  const dynamic = texts.flatMap((text) => {
    const keys = new Set([...text.matchAll(/(?<![\w.])"?(\w+)"?:/g)].map(([, name = ""]) => name));
    return [...text.matchAll(/`(\w+(?:\.\w+)*\.)\$\{[^`]*\}((?:[._]\w+)*)`/g)].map(([, before = "", after = ""]) => ({
      before,
      after,
      keys,
    }));
  });
  for (const text of texts) {
    const whole = text.matchAll(/\bt\("([\w.]+)", \{ returnObjects/g);
    for (const [, name = ""] of whole) dynamic.push({ before: `${name}.`, after: "", keys: new Set() });
  }
  const asked = (key: string): boolean =>
    names.has(key) ||
    dynamic.some(({ before, after, keys }) => {
      if (!key.startsWith(before) || !key.endsWith(after)) return false;
      const chosen = key.slice(before.length, key.length - after.length);
      return names.has(chosen) || keys.has(chosen);
    });
  const plain = new Set([...words].map((key) => key.replace(/_(zero|one|other)$/, "")));
  return [...plain].filter((key) => !asked(key));
}

test("nothing is said that no page says", () => {
  const ofPages = [...leaves(en).keys()].filter((key) => !/^(refusal|fault|import\.problem)\./.test(key)); // by the API's codes
  expect.soft(unused(ofPages, sources)).toEqual([]);
  const ofSettings = sources.filter(({ path, text }) => path.includes("settings") || text.includes("words/settings"));
  expect(unused(leaves(settingsEn).keys(), ofSettings)).toEqual([]);
});

test("a word that nobody says is found", () => {
  const asking = [{ text: 't("one.title"); t(`two.${name}`); const names = ["said"];' }];
  expect(unused(["one.title", "one.why", "two.said", "two.unsaid"], asking)).toEqual(["one.why", "two.unsaid"]);
});
