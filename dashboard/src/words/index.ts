import { createInstance } from "i18next";
import { initReactI18next } from "react-i18next";

import { en } from "./en";
import { es } from "./es";
import type { en as settings } from "./settings/en";

export const LANGUAGES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;

const KEPT_AS = "maycall.language";

function preferred(): Language {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return wanted.find((tag): tag is Language => tag !== undefined && tag in LANGUAGES) ?? "en";
}

export const words = createInstance();

export async function speak(): Promise<void> {
  await words.use(initReactI18next).init({
    resources: { en: { translation: en }, es: { translation: es } },
    lng: preferred(),
    fallbackLng: "en",
    interpolation: { escapeValue: false }, // React does it
    returnNull: false,
    showSupportNotice: false,
  });
  document.documentElement.lang = words.language;
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT_AS, language);
  await words.changeLanguage(language);
  document.documentElement.lang = language;
}

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en; settings: typeof settings };
  }
}
