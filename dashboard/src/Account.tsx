import {
  Avatar,
  Menu,
  type MantineColorScheme,
  Text,
  UnstyledButton,
  VisuallyHidden,
  useMantineColorScheme,
} from "@mantine/core";
import {
  IconChevronDown,
  IconDeviceDesktop,
  IconDeviceMobile,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import styles from "./App.module.css";
import { useDesk } from "./desk";
import { LANGUAGES, type Language, changeLanguage } from "./words";

const LOOKS = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop } as const;

/** Who is signed in, and what is theirs to choose: colours, language, leaving. */
export function Account({ help }: { help: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const { viewer, numbers, signOut } = useDesk();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    // Without Mantine's own first stop for the focus, which is no item, as everything in a menu has to be.
    <Menu position="bottom-end" width={240} shadow="md" radius="lg" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton className={styles.account}>
          <VisuallyHidden>{t("nav.account", { name: viewer.name })}</VisuallyHidden>
          <Avatar
            aria-hidden
            name={viewer.name}
            size={32}
            radius="xl"
            className={styles.face}
            variant="filled"
            color="leaf"
          />
          <Text component="span" className={styles.who} visibleFrom="sm" aria-hidden>
            <span>{viewer.name}</span>
            <Text component="span" size="xs" c="dimmed">
              {viewer.workspace.name}
            </Text>
          </Text>
          <IconChevronDown size={15} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
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
      </Menu.Dropdown>
    </Menu>
  );
}
