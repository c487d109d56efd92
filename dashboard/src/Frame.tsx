import { ActionIcon, AppShell, NativeSelect } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconChartBar,
  IconDeviceMobile,
  IconKeyboard,
  IconMessageQuestion,
  IconPhoneCall,
  IconSettings,
  IconUsers,
} from "@tabler/icons-react";
import { type ReactNode, Suspense, lazy, useRef, useState } from "react";
import { Link, useLocation } from "wouter";

import { Account } from "./Account";
import styles from "./App.module.css";
import { ahead, useAhead } from "./ground/late";
import { type Counts, useCounts } from "./counts";
import { useDesk } from "./desk";
import { useFirstKey, useKeys } from "./ground/keys";
import { useChosenNumber } from "./number";
import { LineSign } from "./parts/LineSign";
import { useTranslation } from "./words";

const Help = lazy(ahead(() => import("./parts/Help")));

const PAGES = [
  { path: "/call-now", word: "callNow", key: "n", Icon: IconPhoneCall },
  { path: "/customers", word: "customers", key: "c", Icon: IconUsers },
  { path: "/requests", word: "requests", key: "r", Icon: IconMessageQuestion },
  { path: "/overview", word: "overview", key: "o", Icon: IconChartBar },
  { path: "/settings", word: "settings", key: "s", Icon: IconSettings },
] as const;

/** What stands around every page: where to go, how the line fares, and who is here. */
export function Frame({ children }: { children: ReactNode }): ReactNode {
  const { t } = useTranslation();
  const { numbers } = useDesk();
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure(false);
  const [number] = useChosenNumber();
  const counts = useCounts(number?.id);
  useGoing(openHelp);
  useAhead();

  return (
    <AppShell
      layout="alt"
      header={{ height: 56 }}
      navbar={{ width: 224, breakpoint: "sm", collapsed: { mobile: true } }}
      footer={{ height: { base: 61, sm: 0 } }}
      padding={{ base: "sm", sm: "lg" }}
    >
      <a href="#content" className={styles.skip}>
        {t("nav.skip")}
      </a>
      <AppShell.Header component="header" className={styles.header}>
        <Brand hiddenFrom="sm" />
        <LineSign />
        <span className={styles.spacer} />
        <NumberChoice />
        <ActionIcon
          variant="subtle"
          color="gray"
          visibleFrom="sm"
          aria-label={t("nav.help")}
          data-hint={t("nav.help")}
          onClick={openHelp}
        >
          <IconKeyboard size={20} aria-hidden />
        </ActionIcon>
        <Account help={openHelp} />
      </AppShell.Header>
      <AppShell.Navbar className={styles.side} aria-label={t("nav.main")} visibleFrom="sm">
        <Brand />
        <div className={styles.links}>
          <Links counts={counts} />
        </div>
        {numbers.some((number) => number.environment === "SANDBOX") && (
          <div className={styles.foot}>
            <a href="/sandbox/" target="maycall-phones" className={styles.link}>
              <IconDeviceMobile size={19} stroke={1.7} aria-hidden />
              {t("nav.phones")}
            </a>
          </div>
        )}
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={styles.content}>
        <div className={styles.page}>{children}</div>
      </AppShell.Main>
      <AppShell.Footer component="nav" className={styles.tabs} aria-label={t("nav.main")} hiddenFrom="sm">
        <Links counts={counts} />
      </AppShell.Footer>
      {help && (
        <Suspense fallback={null}>
          <Help close={closeHelp} />
        </Suspense>
      )}
    </AppShell>
  );
}

/** `?` for help; `g`, then a letter within a moment: while it lasts, letters mean pages and nothing else. */
function useGoing(help: () => void): void {
  const [, go] = useLocation();
  const [going, setGoing] = useState(false);
  const timer = useRef<number | undefined>(undefined);
  const begin = (): void => {
    clearTimeout(timer.current);
    setGoing(true);
    timer.current = window.setTimeout(() => setGoing(false), 1500);
  };
  useKeys({ "?": help, g: begin });
  useFirstKey(going, (key) => {
    setGoing(false);
    const page = PAGES.find((each) => each.key === key);
    if (page) go(page.path);
  });
}

function Brand({ hiddenFrom }: { hiddenFrom?: "sm" }): ReactNode {
  const { t } = useTranslation();
  const small = hiddenFrom !== undefined;
  return (
    <Link href="/call-now" className={small ? styles.mark : styles.brand} aria-label={t("app.name")}>
      <img src="/icon.svg" alt="" width={28} height={28} />
      {!small && t("app.name")}
    </Link>
  );
}

function Links({ counts }: { counts: Counts }): ReactNode {
  const { t } = useTranslation();
  const [path] = useLocation();
  return PAGES.map(({ path: href, word, Icon }) => {
    const counted = word === "callNow" || word === "requests" ? counts[word] : undefined;
    return (
      <Link key={href} href={href} className={styles.link} aria-current={path.startsWith(href) ? "page" : undefined}>
        <Icon size={19} stroke={1.7} aria-hidden />
        {t(`nav.${word}`)}
        {counted !== undefined && (
          <span className={styles.number} data-counts={word} aria-hidden>
            {counted === null || counted === 0 ? "" : counted > 999 ? "999+" : counted}
          </span>
        )}
      </Link>
    );
  });
}

function NumberChoice(): ReactNode {
  const { t } = useTranslation();
  const { numbers } = useDesk();
  const [path] = useLocation();
  const [number, choose] = useChosenNumber();
  if (numbers.length < 2 || !number || path.startsWith("/settings")) return null;
  return (
    <NativeSelect
      className={styles.choice}
      size="sm"
      aria-label={t("nav.number")}
      value={number.id}
      onChange={(event) => choose(event.currentTarget.value)}
      data={numbers.map((each) => ({ value: each.id, label: `${each.name} ${each.displayPhoneNumber}` }))}
    />
  );
}
