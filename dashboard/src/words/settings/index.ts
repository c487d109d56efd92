import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { words } from "..";
import { en } from "./en";
import { es } from "./es";

const NAME = "settings";

/** The words of the settings in the reader's language, and the name of that. */
export function useSettingsWords(): { t: TFunction<typeof NAME>; locale: string } {
  if (!words.hasResourceBundle("en", NAME)) {
    words.addResourceBundle("en", NAME, en);
    words.addResourceBundle("es", NAME, es);
  }
  const { t, i18n } = useTranslation(NAME);
  return { t, locale: i18n.language };
}
