import { Stack, Tabs, Title } from "@mantine/core";
import { type ReactNode, Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

import { useDesk } from "../desk";

const PANELS = {
  numbers: lazy(() => import("./settings/Numbers")),
  people: lazy(() => import("./settings/People")),
  tokens: lazy(() => import("./settings/Tokens")),
  webhooks: lazy(() => import("./settings/Webhooks")),
};
type Tab = keyof typeof PANELS;

/** What admins look after; everybody else sees the numbers only. */
export default function Settings({ params }: { params: { tab?: string } }): ReactNode {
  const { t } = useTranslation();
  const { may } = useDesk();
  const [, go] = useLocation();
  const tabs = (Object.keys(PANELS) as Tab[]).filter((name) => name === "numbers" || may("admin"));
  const tab = tabs.find((name) => name === params.tab) ?? "numbers";
  const Panel = PANELS[tab];
  return (
    <Stack>
      <Title order={1} size="h2">
        {t("settings.title")}
      </Title>
      <Tabs value={tab} onChange={(name) => go(`/settings/${name ?? ""}`)}>
        <Tabs.List mb="md">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`settings.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Suspense fallback={null}>
            <Panel />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
