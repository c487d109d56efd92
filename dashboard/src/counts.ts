import { useEffect, useState } from "react";

import { HowMany } from "./counts.graphql";
import { useDesk, useNews } from "./desk";

const REST = 2000; // ms between two countings, however much happens

/** null while it is not known. */
export interface Counts {
  callNow: number | null;
  requests: number | null;
}

/** How many may be called now, and how many requests await an answer: what the navigation says beside its pages. */
export function useCounts(number: string | undefined): Counts {
  const { client, reading } = useDesk();
  const [counts, setCounts] = useState<Counts>({ callNow: null, requests: null });
  const [turn, setTurn] = useState(0);
  const [stirred, setStirred] = useState(false);
  useNews(() => setStirred(true));

  useEffect(() => {
    if (!stirred) return;
    const timer = window.setTimeout(() => {
      setStirred(false);
      setTurn((before) => before + 1);
    }, REST);
    return () => clearTimeout(timer);
  }, [stirred]);

  useEffect(() => {
    if (number === undefined) return;
    let over = false;
    void client
      .query(HowMany, { number })
      .toPromise()
      .then(({ data }) => {
        if (over || !data) return;
        setCounts({ callNow: data.callPermissions.totalCount, requests: data.permissionRequests.totalCount });
      });
    return () => {
      over = true;
    };
  }, [client, number, reading, turn]);
  return counts;
}
