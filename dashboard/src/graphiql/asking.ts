// How GraphiQL asks: over HTTP, and for what goes on, over one WebSocket that comes back by itself where it was.

import type { Fetcher, FetcherParams, FetcherReturnType } from "@graphiql/toolkit";
import { getOperationAST, Kind, OperationTypeNode, parse, type DocumentNode, type ExecutionResult } from "graphql";
import { createClient, type Client } from "graphql-ws";

export const ENDPOINT = new URL("/graphql", location.origin);

export class UnwelcomeError extends Error {}

export async function ask(token: string, params: FetcherParams): Promise<ExecutionResult> {
  const response = await fetch(ENDPOINT, {
    method: "POST",
    headers: {
      Accept: "application/graphql-response+json, application/json",
      Authorization: `Bearer ${token}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify(params),
  });
  if (response.status === 401)
    throw new UnwelcomeError("This token does not work. It may be mistyped, revoked or run out.");
  return (await response.json()) as ExecutionResult;
}

export function askingWith(token: string): { fetcher: Fetcher; close: () => void } {
  const url = new URL(ENDPOINT);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const client = createClient({
    url: url.href,
    connectionParams: { Authorization: `Bearer ${token}` },
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: (fault) => !(fault instanceof CloseEvent && fault.code === 4403),
  });
  const fetcher: Fetcher = (given) => {
    const { params, goesOn } = meant(given);
    return goesOn ? (watch(client, params) as FetcherReturnType) : ask(token, params);
  };
  return { fetcher, close: () => void client.dispose() };
}

// GraphiQL knows a moment late which operations a tab has that was just turned to. Where there is one, it is meant.
function meant(given: FetcherParams): { params: FetcherParams; goesOn: boolean } {
  let document: DocumentNode;
  try {
    document = parse(given.query);
  } catch {
    return { params: given, goesOn: false }; // the server says what is wrong with it
  }
  const operations = document.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  const only = operations.length === 1 ? operations[0] : undefined;
  const params = only ? { ...given, operationName: only.name?.value ?? null } : given;
  const operation = getOperationAST(document, params.operationName)?.operation;
  return { params, goesOn: operation === OperationTypeNode.SUBSCRIPTION };
}

// What is subscribed again after the line was lost is asked for after the last cursor that came: nothing is lost or doubled.
async function* watch(client: Client, params: FetcherParams): AsyncGenerator<ExecutionResult> {
  const variables: Record<string, unknown> = { ...(params.variables as Record<string, unknown> | undefined) };
  const payload = { query: params.query, variables, operationName: params.operationName ?? null };
  for await (const result of client.iterate(payload)) {
    for (const told of Object.values(result.data ?? {})) {
      const cursor = (told as { cursor?: unknown } | null)?.cursor;
      if (typeof cursor === "string" && "after" in variables) variables.after = cursor;
    }
    yield result as ExecutionResult;
  }
}
