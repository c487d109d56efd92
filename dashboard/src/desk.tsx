import {
  Client,
  type CombinedError,
  type Operation,
  createRequest,
  fetchExchange,
  makeOperation,
  mapExchange,
  stringifyDocument,
} from "@urql/core";
import { type ReactNode, createContext, use, useEffect, useMemo, useRef, useState } from "react";
import { Provider } from "urql";

import { KnownNumbers, News, SignOut, Start } from "./desk.graphql";
import type { NewsSubscription, PermissionRowFragment, StartQuery } from "./gql/graphql";
import { learn } from "./ground/clock";
import { Live } from "./ground/live";
import { Patience } from "./ground/patience";
import { Rows } from "./ground/rows";
import { forgetToken } from "./ground/session";
import { Waking } from "./waking";

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
  /** Who waits because too much was asked in this minute. */
  patience: Patience;
  /** Reads rows again whose time has come. */
  waking: Waking;
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

const TIMEOUT = 60_000; // ms: a connection that died in a sleep would keep a question waiting for many minutes

/** The operation without the calls of its rows, for those who may see none: nothing is asked that would be refused. */
function withoutCalls(asked: Operation): Operation {
  if (!stringifyDocument(asked.query).includes("$calls:")) return asked;
  return makeOperation(asked.kind, { ...asked, variables: { ...asked.variables, calls: false } }, asked.context);
}

interface Manners {
  patience: Patience;
  /** Whether calls may be seen. */
  seesCalls: () => boolean;
  failed: (error: CombinedError, reads: boolean) => void;
}

function clientOf(token: string, { patience, seesCalls, failed }: Manners): Client {
  const timed: typeof fetch = async (input, init) => {
    const asked = Date.now();
    const signals = [AbortSignal.timeout(TIMEOUT), ...(init?.signal ? [init.signal] : [])];
    const response = await fetch(input, { ...init, signal: AbortSignal.any(signals) });
    learn(response.headers.get("Date"), asked, Date.now());
    return response;
  };
  const client = new Client({
    url: "/graphql",
    exchanges: [
      mapExchange({
        // Whoever presses a button wants it done now, or to hear why not; what is only read can come a little later.
        onOperation: (wanted) => {
          const asked = seesCalls() ? wanted : withoutCalls(wanted);
          return asked.kind === "query" && asked.context.patient !== false
            ? makeOperation(asked.kind, asked, { ...asked.context, fetch: (...what) => patience.ask(timed, ...what) })
            : asked;
        },
        onError: (error, { kind }) => failed(error, kind === "query"),
      }),
      fetchExchange,
    ],
    requestPolicy: "network-only",
    preferGetMethod: false,
    fetchOptions: { headers: { Authorization: `Bearer ${token}`, Accept: "application/graphql-response+json" } },
    fetch: timed,
  });
  // Whoever asks the same while an answer is on its way would be handed that one, which may be older than what made them
  // ask: so each question is one of its own.
  let questions = 0;
  client.query = (document, variables, context) =>
    client.executeQuery({ ...createRequest(document, variables), key: --questions }, context);
  return client;
}

/** The row that something happened to; null where it happened to something else. */
export function rowOf({ node }: Change): Row | null {
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

/** The rows of a customer who goes by another name or number now, or has other tags. */
function renamed({ cause, node }: Change, rows: Rows<Row>): Row[] {
  if (node?.__typename !== "Customer" || cause === "CREATED") return [];
  const { name, phone, externalId, tags, timezone } = node;
  const own = rows.all().filter(({ customer }) => customer.id === node.id);
  return own.map((row) => ({ ...row, customer: { ...row.customer, name, phone, externalId, tags, timezone } }));
}

type Opening =
  { state: "opening" } | { state: "open"; desk: Desk } | { state: "failed"; error: CombinedError | undefined };

/** How a desk came to its end: its token never worked, works no longer, or whoever sat there left. */
export type End = "refused" | "shut out" | "left";

interface Parts {
  token: string;
  /** Nobody works here any more: hears why. */
  leave: (end: End) => void;
  /** What is shown until the desk is open; with the reason, where it could not be opened yet. */
  closed: (error: CombinedError | undefined) => ReactNode;
  children: ReactNode;
}

/** Opens a desk with a token, and keeps it open. */
export function DeskProvider({ token, leave, closed, children }: Parts): ReactNode {
  const [opening, setOpening] = useState<Opening>({ state: "opening" });
  const [reading, setReading] = useState(0);

  useEffect(() => {
    const patience = new Patience();
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
    const failed = (error: CombinedError, reads: boolean): void => {
      if (error.graphQLErrors.some((fault) => fault.extensions.code === "UNAUTHENTICATED")) out();
      else if (reads && error.networkError) unread = true;
    };
    let held = new Set<string>();
    const may = (scope: Scope): boolean => held.has(scope) || held.has("admin");
    const client = clientOf(token, { patience, seesCalls: () => may("calls:read"), failed });
    const waking = new Waking(client, rows);
    const live = new Live<Change>(address(), token, {
      news: (changes) => {
        const latest = new Map(changes.flatMap((change) => rowOf(change) ?? []).map((row) => [row.id, row]));
        latest.forEach((row) => rows.change(row));
        for (const change of changes) renamed(change, rows).forEach((row) => rows.change(row));
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

    let asked = 0;
    async function readNumbers(): Promise<void> {
      const mine = ++asked;
      const { data } = await client.query(KnownNumbers, {}).toPromise();
      if (over || !data || mine !== asked) return;
      const numbers = data.businessNumbers;
      setOpening((now) => (now.state === "open" ? { ...now, desk: { ...now.desk, numbers } } : now));
    }

    async function open(): Promise<void> {
      const { data, error } = await client.query(Start, {}, { patient: false }).toPromise();
      if (over) return;
      if (!data) {
        setOpening((now) => (now.state === "open" ? now : { state: "failed", error }));
        live.later(() => void open());
        return;
      }
      unread = false;
      held = new Set(data.viewer.scopes);
      const calls = may("calls:read");
      live.follow({ query: stringifyDocument(News), variables: { after: data.changeCursor, calls } });
      opened = true;
      setOpening({
        state: "open",
        desk: {
          token,
          client,
          live,
          rows,
          patience,
          waking,
          viewer: data.viewer,
          numbers: data.businessNumbers,
          may,
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
    waking.begin();
    return () => {
      over = true;
      waking.close();
      live.close();
    };
  }, [token, leave]);

  const desk = useMemo(() => (opening.state === "open" ? { ...opening.desk, reading } : null), [opening, reading]);
  if (desk === null) return closed(opening.state === "failed" ? opening.error : undefined);
  return (
    <Shared value={desk}>
      <Provider value={desk.client}>{children}</Provider>
    </Shared>
  );
}

function address(): string {
  return `${location.origin.replace(/^http/, "ws")}/graphql`;
}
