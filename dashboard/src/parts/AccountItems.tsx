import { Menu, type MantineColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile, IconKeyboard, IconLogout, IconMoon, IconSun } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { useDesk } from "../desk";
import { LANGUAGES, type Language, changeLanguage, useTranslation } from "../words";
import { type MenuButton, OpenedMenu } from "./OpenedMenu";

const LOOKS = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop } as const;

/** What is to be chosen by whoever is signed in: colours, language, leaving. */
export default function AccountItems({ help, button }: { help: () => void; button: MenuButton }): ReactNode {
  const { t, i18n } = useTranslation();
  const { viewer, numbers, signOut } = useDesk();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <OpenedMenu button={button} width={240} shadow="md" radius="lg">
      <Menu.Label hiddenFrom="sm">
        {viewer.name} · {viewer.workspace.name}
      </Menu.Label>
      <Menu.Label>{t("nav.look")}</Menu.Label>
      <Menu.RadioGroup value={colorScheme} onChange={(scheme) => setColorScheme(scheme as MantineColorScheme)}>
        {(["light", "dark", "auto"] as const).map((scheme) => {
          const Icon = LOOKS[scheme];
          return (
            <Menu.RadioItem key={scheme} value={scheme} rightSection={<Icon size={17} aria-hidden />}>
              {t(`nav.${scheme === "auto" ? "system" : scheme}`)}
            </Menu.RadioItem>
          );
        })}
      </Menu.RadioGroup>
      <Menu.Divider />
      <Menu.Label>{t("nav.language")}</Menu.Label>
      <Menu.RadioGroup value={i18n.language} onChange={(language) => void changeLanguage(language as Language)}>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <Menu.RadioItem key={language} value={language} lang={language}>
            {LANGUAGES[language]}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
      <Menu.Divider />
      <Menu.Item leftSection={<IconKeyboard size={17} aria-hidden />} onClick={help}>
        {t("nav.help")}
      </Menu.Item>
      {numbers.some((number) => number.environment === "SANDBOX") && (
        <Menu.Item
          hiddenFrom="sm"
          component="a"
          href="/sandbox/"
          target="maycall-phones"
          leftSection={<IconDeviceMobile size={17} aria-hidden />}
        >
          {t("nav.phones")}
        </Menu.Item>
      )}
      <Menu.Item leftSection={<IconLogout size={17} aria-hidden />} onClick={signOut}>
        {t("nav.signOut")}
      </Menu.Item>
    </OpenedMenu>
  );
}
