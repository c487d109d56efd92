import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";

import { useDesk } from "../desk";
import { isOutdated } from "../ground/build";
import { timeOfDay } from "../ground/format";
import { useTranslation } from "../words";
import styles from "./LineSign.module.css";

/** How the line to the server fares: small while all is well, plain when it is not. */
export function LineSign(): ReactNode {
  const { t, i18n } = useTranslation();
  const { live, patience } = useDesk();
  const line = useSyncExternalStore(live.watch, () => live.line);
  const until = useSyncExternalStore(patience.watch, () => patience.until);
  const waits = line === "live" && until !== null;
  const since = timeOfDay(new Date(live.since).toISOString(), i18n.language);
  return (
    <>
      <span className={styles.sign} data-line={waits ? "waiting" : line} role="status">
        {waits
          ? t("line.waiting", { time: timeOfDay(new Date(until).toISOString(), i18n.language) })
          : line === "lost"
            ? t("line.lost", { since })
            : t(`line.${line}`)}
      </span>
      <NewVersion again={line === "live"} />
    </>
  );
}

/** A server that was away may have come back as a newer one, with a newer page: offered, never forced on anybody. */
function NewVersion({ again }: { again: boolean }): ReactNode {
  const { t } = useTranslation();
  const [outdated, setOutdated] = useState(false);
  const first = useRef(true);
  useEffect(() => {
    if (!again) return;
    if (first.current) first.current = false;
    else void isOutdated().then((is) => setOutdated((was) => was || is));
  }, [again]);
  useEffect(() => {
    const gone = (): void => setOutdated(true); // a part of the page that was not needed until now, and is not kept any more
    window.addEventListener("vite:preloadError", gone);
    return () => window.removeEventListener("vite:preloadError", gone);
  }, []);
  if (!outdated) return null;
  return (
    <Button size="compact-sm" variant="light" onClick={() => location.reload()}>
      {t("line.newVersion")}
    </Button>
  );
}
