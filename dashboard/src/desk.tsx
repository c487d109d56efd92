import { Client, type CombinedError, fetchExchange, mapExchange, stringifyDocument } from "@urql/core";
import { type ReactNode, createContext, use, useEffect, useMemo, useRef, useState } from "react";
import { Provider } from "urql";

import { KnownNumbers, News, SignOut, Start } from "./desk.graphql";
import type { NewsSubscription, PermissionRowFragment, StartQuery } from "./gql/graphql";
import { learn } from "./ground/clock";
import { Live } from "./ground/live";
import { Rows } from "./ground/rows";
import { forgetToken } from "./ground/session";

export type Row = PermissionRowFragment;
export type Change = NewsSubscription["changes"];
export type BusinessNumber = StartQuery["businessNumbers"][number];
export type Scope =
  | "customers:read"
  | "customers:write"
  | "permissions:read"
  | "permissions:request"
  | "calls:read"
  | "calls:write"
  | "admin";

/** What everybody on the page shares: who works here, the line to the server, and the rows that it keeps true. */
export interface Desk {
  token: string;
  client: Client;
  live: Live<Change>;
  rows: Rows<Row>;
  viewer: StartQuery["viewer"];
  numbers: StartQuery["businessNumbers"];
  may: (scope: Scope) => boolean;
  /** Hears of everything that happens, a batch at a time, until the function that it gives is called. */
  hear: (listener: (changes: readonly Change[]) => void) => () => void;
  /** Grows when everything on the page has to be read anew. */
  reading: number;
  signOut: () => void;
}

const Shared = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = use(Shared);
  if (desk === null) throw new Error("There is no desk around this.");
  return desk;
}

export function useNews(listener: (changes: readonly Change[]) => void): void {
  const { hear } = useDesk();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => hear((changes) => latest.current(changes)), [hear]);
}

const PATIENCE = 60_000; // ms: a connection that died in a sleep would keep a question waiting for many minutes

function clientOf(token: string, failed: (error: CombinedError, reads: boolean) => void): Client {
  return new Client({
    url: "/graphql",
    exchanges: [mapExchange({ onError: (error, { kind }) => failed(error, kind === "query") }), fetchExchange],
    requestPolicy: "network-only",
    preferGetMethod: false,
    fetchOptions: { headers: { Authorization: `Bearer ${token}`, Accept: "application/graphql-response+json" } },
    fetch: async (input, init) => {
      const asked = Date.now();
      const signals = [AbortSignal.timeout(PATIENCE), ...(init?.signal ? [init.signal] : [])];
      const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
      learn(response.headers.get("Date"), asked, Date.now());
      return response;
    },
  });
}

function rowOf({ node }: Change): Row | null {
  switch (node?.__typename) {
    case "CallPermission":
      return node;
    case "PermissionRequest":
    case "Call":
      return node.callPermission;
    default:
      return null;
  }
}

type Opening = { state: "opening" } | { state: "open"; desk: Desk } | { state: "failed"; message: string };

/** How a desk came to its end: its token never worked, works no longer, or whoever sat there left. */
export type End = "refused" | "shut out" | "left";

interface Parts {
  token: string;
  /** Nobody works here any more: hears why. */
  leave: (end: End) => void;
  /** What is shown until the desk is open, or why it is not. */
  closed: (message: string | null) => ReactNode;
  children: ReactNode;
}

/** Opens a desk with a token, and keeps it open. */
export function DeskProvider({ token, leave, closed, children }: Parts): ReactNode {
  const [opening, setOpening] = useState<Opening>({ state: "opening" });
  const [reading, setReading] = useState(0);

  useEffect(() => {
    const rows = new Rows<Row>();
    const listeners = new Set<(changes: readonly Change[]) => void>();
    let over = false;
    let opened = false;
    let unread = false; // something on the page could not be read while the server was away
    const end = (how: End): void => {
      if (over) return;
      over = true;
      forgetToken();
      leave(how);
    };
    const out = (): void => end(opened ? "shut out" : "refused");
    const client = clientOf(token, (error, reads) => {
      if (error.graphQLErrors.some((fault) => fault.extensions.code === "UNAUTHENTICATED")) out();
      else if (reads && error.networkError) unread = true;
    });
    const live = new Live<Change>(address(), token, {
      news: (changes) => {
        const latest = new Map(changes.flatMap((change) => rowOf(change) ?? []).map((row) => [row.id, row]));
        latest.forEach((row) => rows.change(row));
        if (changes.some((change) => change.kind === "BUSINESS_NUMBER")) void readNumbers();
        listeners.forEach((listener) => listener(changes));
      },
      gap: () => void open(),
      out,
    });
    live.watch(() => {
      if (live.line !== "live" || !unread) return;
      unread = false;
      setReading((before) => before + 1);
    });

    async function readNumbers(): Promise<void> {
      const { data } = await client.query(KnownNumbers, {}).toPromise();
      if (over || !data) return;
      const numbers = data.businessNumbers;
      setOpening((now) => (now.state === "open" ? { ...now, desk: { ...now.desk, numbers } } : now));
    }

    async function open(): Promise<void> {
      const { data, error } = await client.query(Start, {}).toPromise();
      if (over) return;
      if (!data) {
        setOpening((now) => (now.state === "open" ? now : { state: "failed", message: error?.message ?? "" }));
        live.later(() => void open());
        return;
      }
      unread = false;
      live.follow({ query: stringifyDocument(News), variables: { after: data.changeCursor } });
      opened = true;
      const held = new Set(data.viewer.scopes);
      setOpening({
        state: "open",
        desk: {
          token,
          client,
          live,
          rows,
          viewer: data.viewer,
          numbers: data.businessNumbers,
          may: (scope) => held.has(scope) || held.has("admin"),
          hear: (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
          reading: 0,
          signOut: () => {
            // A person's sign-in is over with this; whoever pasted a token keeps it, and the server says so.
            void client.mutation(SignOut, {}).toPromise();
            end("left");
          },
        },
      });
      setReading((before) => before + 1);
    }

    void open();
    return () => {
      over = true;
      live.close();
    };
  }, [token, leave]);

  const desk = useMemo(() => (opening.state === "open" ? { ...opening.desk, reading } : null), [opening, reading]);
  if (desk === null) return closed(opening.state === "failed" ? opening.message : null);
  return (
    <Shared value={desk}>
      <Provider value={desk.client}>{children}</Provider>
    </Shared>
  );
}

function address(): string {
  return `${location.origin.replace(/^http/, "ws")}/graphql`;
}
