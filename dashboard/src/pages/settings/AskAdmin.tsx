import type { ReactNode } from "react";

import { useDesk } from "../../desk";
import { useSettingsWords } from "../../words/settings";
import { Nothing } from "./Parts";

/** Whom to ask about what only admins may see. */
export function AskAdmin({ about }: { about: "people" | "tokens" | "webhooks" }): ReactNode {
  const { t } = useSettingsWords();
  const { viewer } = useDesk();
  return <Nothing title={t("ask.title")} why={t(`ask.${about}`, { workspace: viewer.workspace.name })} />;
}
