import { VisuallyHidden } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";

import { type Row, useDesk, useNews } from "../desk";
import { useTranslation } from "../words";
import { nameOf } from "./Buttons";

const REST = 1500; // ms between two sayings: whoever listens has to be able to follow
const MOST = 3;

/** Says aloud, for whoever does not see it, what has changed about the customers that are on the page. */
export function Announcements(): ReactNode {
  const { t } = useTranslation();
  const { rows } = useDesk();
  const [said, setSaid] = useState("");
  const waiting = useRef(new Map<string, Row>());
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useNews((changes) => {
    for (const { node, status, previousStatus } of changes) {
      if (node?.__typename !== "CallPermission" || status === previousStatus || !rows.isShown(node.id)) continue;
      waiting.current.set(node.id, node);
    }
    if (waiting.current.size === 0) return;
    timer.current ??= window.setTimeout(() => {
      timer.current = undefined;
      const told = [...waiting.current.values()];
      waiting.current.clear();
      setSaid(
        told.length > MOST
          ? t("nav.manyChanged", { count: told.length })
          : told.map((row) => `${nameOf(row)}: ${t(`status.${row.status}`)}`).join(". "),
      );
    }, REST);
  });
  return (
    <VisuallyHidden aria-live="polite" data-says="changes">
      {said}
    </VisuallyHidden>
  );
}
