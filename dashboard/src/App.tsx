import {
  ActionIcon,
  Anchor,
  AppShell,
  Burger,
  Group,
  Menu,
  NavLink,
  NativeSelect,
  Text,
  Title,
  UnstyledButton,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, Suspense, lazy, useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";

import styles from "./App.module.css";
import { Boundary } from "./Boundary";
import { SignIn } from "./SignIn";
import { DeskProvider, type End, useDesk } from "./desk";
import { useFirstKey, useKeys } from "./ground/keys";
import { keptToken } from "./ground/session";
import { NumberProvider, useNumber } from "./number";
import { LineSign } from "./parts/LineSign";
import { Notices } from "./parts/Notices";
import { DoingsProvider } from "./parts/doings";
import { LANGUAGES, type Language, changeLanguage } from "./words";

const CallNow = lazy(() => import("./pages/CallNow"));
const Customers = lazy(() => import("./pages/Customers"));
const Customer = lazy(() => import("./pages/Customer"));
const Requests = lazy(() => import("./pages/Requests"));
const Overview = lazy(() => import("./pages/Overview"));
const Settings = lazy(() => import("./pages/Settings"));
const Help = lazy(() => import("./parts/Help"));

const PAGES = [
  { path: "/call-now", word: "callNow", key: "n" },
  { path: "/customers", word: "customers", key: "c" },
  { path: "/requests", word: "requests", key: "r" },
  { path: "/overview", word: "overview", key: "o" },
  { path: "/settings", word: "settings", key: "s" },
] as const;

export function App(): ReactNode {
  const [token, setToken] = useState(keptToken);
  const [end, setEnd] = useState<End | null>(null);
  const leave = useCallback((end: End) => {
    setToken(null);
    setEnd(end);
  }, []);
  if (token === null) return <SignIn end={end} signIn={setToken} />;
  return (
    <DeskProvider token={token} leave={leave} closed={(message) => <Opening message={message} />}>
      <DoingsProvider>
        <Frame />
      </DoingsProvider>
    </DeskProvider>
  );
}

function Opening({ message }: { message: string | null }): ReactNode {
  const { t } = useTranslation();
  return (
    <main className={styles.opening}>
      <Text role="status">{message === null ? t("signIn.opening") : t("signIn.failed", { message })}</Text>
    </main>
  );
}

function Frame(): ReactNode {
  const { t } = useTranslation();
  const [menu, { toggle, close }] = useDisclosure(false);
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure(false);
  const [path, go] = useLocation();

  // `g`, then a letter within a moment: while it lasts, letters mean pages and nothing else.
  const [going, setGoing] = useState(false);
  const timer = useRef<number | undefined>(undefined);
  const begin = (): void => {
    clearTimeout(timer.current);
    setGoing(true);
    timer.current = window.setTimeout(() => setGoing(false), 1500);
  };
  useKeys({ "?": openHelp, g: begin });
  useFirstKey(going, (key) => {
    setGoing(false);
    const page = PAGES.find((each) => each.key === key);
    if (page) go(page.path);
  });

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !menu } }}
      padding="lg"
    >
      <a href="#content" className={styles.skip}>
        {t("nav.skip")}
      </a>
      <AppShell.Header component="header">
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={menu}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={menu ? t("nav.close") : t("nav.open")}
            />
            <img src="/icon.svg" alt="" width={26} height={26} />
            <Text fw={700} size="lg" visibleFrom="xs">
              {t("app.name")}
            </Text>
            <LineSign />
          </Group>
          <Account help={openHelp} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t("nav.main")}>
        {PAGES.map((page) => (
          <NavLink
            key={page.path}
            component={Link}
            href={page.path}
            label={t(`nav.${page.word}`)}
            active={path.startsWith(page.path)}
            aria-current={path.startsWith(page.path) ? "page" : undefined}
            onClick={close}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Boundary key={path}>
          <Suspense fallback={null}>
            <Switch>
              <Route path="/settings/:tab?" component={Settings} />
              <Route>
                <NumberProvider none={<Text>{t("empty.noNumber")}</Text>}>
                  <NumberChoice />
                  <Notices />
                  <Switch>
                    <Route path="/" component={() => <Redirect to="/call-now" />} />
                    <Route path="/call-now" component={CallNow} />
                    <Route path="/customers" component={Customers} />
                    <Route path="/customers/:id">{({ id }) => <Customer key={id} id={id} />}</Route>
                    <Route path="/requests" component={Requests} />
                    <Route path="/overview" component={Overview} />
                    <Route>
                      <Title order={1} size="h2">
                        {t("error.noPage")}
                      </Title>
                    </Route>
                  </Switch>
                </NumberProvider>
              </Route>
            </Switch>
          </Suspense>
        </Boundary>
      </AppShell.Main>
      {help && (
        <Suspense fallback={null}>
          <Help close={closeHelp} />
        </Suspense>
      )}
    </AppShell>
  );
}

function NumberChoice(): ReactNode {
  const { t } = useTranslation();
  const { numbers } = useDesk();
  const [number, choose] = useNumber();
  if (numbers.length < 2) return null;
  return (
    <NativeSelect
      mb="md"
      maw={320}
      label={t("nav.number")}
      value={number.id}
      onChange={(event) => choose(event.currentTarget.value)}
      data={numbers.map((each) => ({ value: each.id, label: `${each.name} ${each.displayPhoneNumber}` }))}
    />
  );
}

function Account({ help }: { help: () => void }): ReactNode {
  const { t, i18n } = useTranslation();
  const { viewer, numbers, signOut } = useDesk();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Group gap="xs" wrap="nowrap">
      {numbers.some((number) => number.environment === "SANDBOX") && (
        <Anchor href="/sandbox/" target="maycall-phones" size="sm" visibleFrom="sm">
          {t("nav.phones")}
        </Anchor>
      )}
      <ActionIcon variant="default" aria-label={t("nav.help")} onClick={help}>
        ?
      </ActionIcon>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <UnstyledButton className={styles.account} aria-label={t("nav.account", { name: viewer.name })}>
            <span>{viewer.name}</span>
            <Text size="xs" c="dimmed" component="span">
              {viewer.workspace.name}
            </Text>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t("nav.look")}</Menu.Label>
          {(["light", "dark", "auto"] as const).map((scheme) => (
            <Menu.Item
              key={scheme}
              role="menuitemradio"
              aria-checked={colorScheme === scheme}
              onClick={() => setColorScheme(scheme)}
            >
              {colorScheme === scheme ? "✓ " : ""}
              {t(`nav.${scheme === "auto" ? "system" : scheme}`)}
            </Menu.Item>
          ))}
          <Menu.Label>{t("nav.language")}</Menu.Label>
          {(Object.keys(LANGUAGES) as Language[]).map((language) => (
            <Menu.Item
              key={language}
              lang={language}
              role="menuitemradio"
              aria-checked={i18n.language === language}
              onClick={() => void changeLanguage(language)}
            >
              {i18n.language === language ? "✓ " : ""}
              {LANGUAGES[language]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={signOut}>{t("nav.signOut")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
