import { useCallback, useEffect, useRef, useState } from "react";
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useClient } from "urql";

export interface Reading<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  /** Reads again. */
  again: () => void;
}

/** What the server says, read again when that is wanted: what was asked later is never taken back by an earlier answer. */
export function useReading<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Reading<Data> {
  const client = useClient();
  const [{ data, error }, setAnswer] = useState<Partial<Omit<Reading<Data>, "again">>>({});
  const asked = useRef(0);
  const oldest = useRef(0); // whose answer is still taken
  const wish = JSON.stringify(variables);
  const latest = useRef(wish);
  const again = useCallback(() => {
    const mine = ++asked.current;
    const asking = client.query(document, JSON.parse(latest.current) as Variables).toPromise();
    void asking.then((answer) => {
      if (mine < oldest.current) return;
      oldest.current = mine;
      setAnswer((before) => ({ data: answer.data ?? before.data, error: answer.error }));
    });
  }, [client, document]);
  useEffect(() => {
    latest.current = wish;
    oldest.current = asked.current + 1; // what is on its way is of another wish
    again();
  }, [again, wish]);
  return { data, error, again };
}
