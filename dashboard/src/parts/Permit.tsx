import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";

import { useTranslation } from "../words";
import { tell } from "./notice";

/** Lets the browser be asked whether it tells of answers while the page is in the background; gone once it has said. */
export function Permit(): ReactNode {
  const { t } = useTranslation();
  const [permission, setPermission] = useState(() => ("Notification" in window ? Notification.permission : "denied"));
  if (permission !== "default") return null;
  const ask = async (): Promise<void> => {
    const answer = await Notification.requestPermission();
    setPermission(answer);
    if (answer === "granted") tell(t("notify.permitted"));
  };
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      h="auto"
      styles={{ label: { overflow: "visible", lineHeight: 1.4, whiteSpace: "normal" } }}
      onClick={() => void ask()}
    >
      {t("notify.permit")}
    </Button>
  );
}
