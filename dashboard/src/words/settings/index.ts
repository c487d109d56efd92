import type { TFunction } from "i18next";
import { useMemo } from "react";

import { useTranslation, words } from "..";
import { en } from "./en";
import { es } from "./es";

const NAME = "settings";

/** The words of the settings in the reader's language, and the name of that. */
export function useSettingsWords(): { t: TFunction<typeof NAME>; locale: string } {
  if (!words.hasResourceBundle("en", NAME)) {
    words.addResourceBundle("en", NAME, en);
    words.addResourceBundle("es", NAME, es);
  }
  const { language } = useTranslation().i18n;
  const t = useMemo(() => words.getFixedT(language, NAME), [language]);
  return { t, locale: language };
}
