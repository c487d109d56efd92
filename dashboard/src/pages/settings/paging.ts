import { useCallback, useEffect, useRef, useState } from "react";
import { type CombinedError, type TypedDocumentNode, useClient } from "urql";

interface Kept {
  id: string;
}

interface Page<Node> {
  nodes: readonly Node[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

interface Read<Data, Node> {
  /** What came with the first page. */
  data: Data;
  nodes: readonly Node[];
  /** Where the next page begins; null where there is none. */
  next: string | null;
}

export interface Paged<Data, Node> extends Partial<Pick<Read<Data, Node>, "data">> {
  nodes: readonly Node[];
  /** Further ones have not been read. */
  more: boolean;
  loading: boolean;
  error: CombinedError | undefined;
  showMore: () => void;
  /** Reads again as many as are shown. */
  again: () => void;
}

/** A list that is read page by page; `pageOf` has to be one and the same function at all times. */
export function usePaged<Data, Node extends Kept>(
  document: TypedDocumentNode<Data, { after?: string | null }>,
  pageOf: (data: Data) => Page<Node>,
): Paged<Data, Node> {
  const client = useClient();
  const [list, setList] = useState<Read<Data, Node> | null>(null);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<CombinedError>();
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const asked = useRef(0);

  const read = useCallback(
    async (kept: Read<Data, Node> | null, atLeast: number): Promise<void> => {
      const mine = ++asked.current;
      setLoading(true);
      let found = kept;
      do {
        const answer = await client.query(document, { after: found?.next ?? null }).toPromise();
        if (mine !== asked.current) return;
        setError(answer.error);
        if (!answer.data) {
          setLoading(false);
          return;
        }
        const { nodes, pageInfo } = pageOf(answer.data);
        const before: readonly Node[] = found?.nodes ?? [];
        const known = new Set(before.map((node) => node.id));
        found = {
          data: found?.data ?? answer.data,
          nodes: [...before, ...nodes.filter((node) => !known.has(node.id))],
          next: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
        };
      } while (found.next !== null && found.nodes.length < atLeast);
      setList(found);
      setLoading(false);
    },
    [client, document, pageOf],
  );
  const again = useCallback(() => void read(null, latest.current?.nodes.length ?? 0), [read]);
  const showMore = useCallback(() => {
    const { current } = latest;
    if (current && current.next !== null) void read(current, 0);
  }, [read]);
  useEffect(() => {
    const token = asked;
    again();
    return () => {
      token.current += 1; // what is on its way is nobody's any more
    };
  }, [again]);
  return {
    ...(list && { data: list.data }),
    nodes: list?.nodes ?? [],
    more: list !== null && list.next !== null,
    loading,
    error,
    showMore,
    again,
  };
}
