import { Skeleton, Stack, Tabs, Title } from "@mantine/core";
import { type ReactNode, Suspense, lazy, useEffect, useRef } from "react";
import { useLocation } from "wouter";

import { useDesk } from "../desk";
import { useSettingsWords } from "../words/settings";
import styles from "./Settings.module.css";
import { AskAdmin } from "./settings/AskAdmin";

const PANELS = {
  numbers: lazy(() => import("./settings/Numbers")),
  limits: lazy(() => import("./settings/Limits")),
  people: lazy(() => import("./settings/People")),
  tokens: lazy(() => import("./settings/Tokens")),
  webhooks: lazy(() => import("./settings/Webhooks")),
};
type Tab = keyof typeof PANELS;

const TABS = Object.keys(PANELS) as Tab[];

/** What admins look after. Everybody else sees the numbers and limits, and whom to ask about the rest. */
export default function Settings({ params }: { params: { tab?: string } }): ReactNode {
  const { t } = useSettingsWords();
  const { may } = useDesk();
  const [, go] = useLocation();
  const tab = TABS.find((name) => name === params.tab) ?? "numbers";
  const Panel = PANELS[tab];
  const tabs = useRef<HTMLDivElement>(null);
  useEffect(() => {
    tabs.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [tab]);
  const open = tab === "numbers" || tab === "limits" || may("admin");
  return (
    <Stack>
      <Title order={1} size="h2">
        {t("title")}
      </Title>
      <Tabs value={tab} onChange={(name) => go(`/settings/${name ?? ""}`)}>
        <Tabs.List ref={tabs} mb="md" className={styles.tabs} aria-label={t("title")}>
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} className={styles.panel}>
          {open ? (
            <Suspense fallback={<Skeleton h={240} />}>
              <Panel />
            </Suspense>
          ) : (
            <AskAdmin about={tab} />
          )}
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
