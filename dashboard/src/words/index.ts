import { type TFunction, createInstance } from "i18next";
import { useSyncExternalStore } from "react";

import { type Words, en } from "./en";
import type { en as settings } from "./settings/en";

export const LANGUAGES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = "maycall.language";

function preferred(): Language {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return wanted.find((tag): tag is Language => tag !== undefined && tag in LANGUAGES) ?? "en";
}

// Each loaded by those who read it; English by everybody, for what is not said in another.
const OTHERS: Record<Exclude<Language, "en">, () => Promise<Words>> = {
  es: async () => (await import("./es")).es,
};

export const words = createInstance();

async function learn(language: Language): Promise<void> {
  if (language === "en" || words.hasResourceBundle(language, "translation")) return;
  words.addResourceBundle(language, "translation", await OTHERS[language]());
}

export async function speak(): Promise<void> {
  await words.init({
    resources: { en: { translation: en } },
    lng: "en",
    fallbackLng: "en",
    interpolation: { escapeValue: false }, // React does it
    returnNull: false,
    showSupportNotice: false,
  });
  await turnTo(preferred());
}

async function turnTo(language: Language): Promise<void> {
  await learn(language);
  await words.changeLanguage(language);
  document.documentElement.lang = language;
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT_AS, language);
  await turnTo(language);
}

interface Spoken {
  t: TFunction;
  i18n: { language: string };
}

let spoken: Spoken | undefined;

/** What is said in the reader's language, and its name. The library's own hook copies the whole instance in each component. */
export function useTranslation(): Spoken {
  return useSyncExternalStore(hearing, () => {
    const { language } = words;
    if (spoken?.i18n.language !== language) spoken = { t: words.getFixedT(language), i18n: { language } };
    return spoken;
  });
}

function hearing(hear: () => void): () => void {
  words.on("languageChanged", hear);
  return () => words.off("languageChanged", hear);
}

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en; settings: typeof settings };
  }
}
