/** Maycall from TypeScript: typed operations, and subscriptions that resume by themselves. */

import { type Client, type ExecutionResult, createClient } from "graphql-ws";
import { WebSocket } from "#websocket";
import {
  ChangeCursorDocument,
  RequestCallPermissionDocument,
  type RequestCallPermissionInput,
  type RequestCallPermissionMutation,
  RequestCallPermissionsDocument,
  type RequestCallPermissionsInput,
  type RequestCallPermissionsMutation,
  StartCallDocument,
  type StartCallInput,
  type StartCallMutation,
  type TypedDocumentString,
} from "./api/graphql.js";
import { type GraphQLFault, MaycallError, ThrottledError, UnauthenticatedError, UnreachableError, faultOf } from "./faults.js";
import { pauseAfter, wait } from "./pauses.js";

const FORBIDDEN = new Set([4401, 4403]);
const ONLY_FOR_NOW = new Set([502, 503, 504]);
const REFUSED = /server response: 4(?!29)\d\d/; // instead of a WebSocket; only Node's tells
const NOT_UNDERSTOOD = new Set([4004, 4005, 4400, 4406, 4409, 4429]); // what we say is wrong, and would be so again
const MILLISECONDS_TO_ENTER = 15_000;
const MILLISECONDS_BETWEEN_PINGS = 20_000;
const MILLISECONDS_FOR_A_PONG = 10_000;
const MILLISECONDS_TO_ANSWER = 30_000;

export interface MaycallOptions {
  /** Where the server is, such as http://127.0.0.1:8000. */
  readonly url: string;
  readonly token: string;
  /** For how many seconds an operation is asked again, where that can do no harm; 30 unless told otherwise. */
  readonly patience?: number;
}

/** What each subscription brings, under whatever name. */
interface Resumable {
  readonly cursor: string;
}

/** The variables of a subscription that can be resumed. */
interface After {
  after?: string | null | undefined;
}

/** The one field of a subscription's data. */
export type Brought<Data> = Data[keyof Data];

/**
 * One workspace of a Maycall server, as the holder of a token may see and use it.
 *
 * What may be asked again without harm, and what the server puts off (THROTTLED), is asked again. A subscription never
 * ends by itself: it comes back after its last cursor for as long as it takes, and throws what coming back cannot mend.
 */
export class Maycall {
  readonly #endpoint: string;
  readonly #authorization: { readonly Authorization: string };
  readonly #patience: number;
  readonly #closing = new AbortController();
  readonly #socket: Client;

  constructor({ url, token, patience = 30 }: MaycallOptions) {
    this.#endpoint = `${url.replace(/\/+$/, "").replace(/\/graphql$/, "")}/graphql`;
    this.#authorization = { Authorization: `Bearer ${token}` };
    this.#patience = patience * 1000;
    this.#socket = this.#connect();
  }

  /** Gives the data of a query or a mutation. MaycallError when there is none. */
  async execute<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    ...[variables]: Record<string, never> extends Variables ? [variables?: Variables] : [variables: Variables]
  ): Promise<Data> {
    const query = document.toString();
    const repeatable = /^\s*query\b/.test(query) || hasKey(variables);
    const until = Date.now() + this.#patience;
    for (let failed = 0; ; failed += 1) {
      let trouble: MaycallError;
      let pause = pauseAfter(failed);
      try {
        return await this.#post<Data>(query, variables);
      } catch (error) {
        if (error instanceof ThrottledError) {
          pause = error.retryAfter * 1000; // it is told before anything is done
        } else if (!(error instanceof UnreachableError && repeatable)) {
          throw error;
        }
        trouble = error;
      }
      if (Date.now() + pause > until) {
        throw trouble;
      }
      await wait(pause);
    }
  }

  /** Asks a customer for permission, once: a lost answer is asked for again by the same idempotency key. */
  async requestCallPermission(
    input: RequestCallPermissionInput,
  ): Promise<RequestCallPermissionMutation["requestCallPermission"]> {
    const answer = await this.execute(RequestCallPermissionDocument, { input: withKey(input) });
    return answer.requestCallPermission;
  }

  /** Asks many customers for permission, each once: a lost answer is asked for again by the same idempotency key. */
  async requestCallPermissions(
    input: RequestCallPermissionsInput,
  ): Promise<RequestCallPermissionsMutation["requestCallPermissions"]> {
    const answer = await this.execute(RequestCallPermissionsDocument, { input: withKey(input) });
    return answer.requestCallPermissions;
  }

  /** Rings a customer, once: a lost answer is asked for again by the same idempotency key. */
  async startCall(input: StartCallInput): Promise<StartCallMutation["startCall"]> {
    const answer = await this.execute(StartCallDocument, { input: withKey(input) });
    return answer.startCall;
  }

  /**
   * Gives each change of a subscription once, whatever happens to the connection meanwhile.
   *
   * The document takes a variable `after` and asks for the `cursor` of each change. Without `after`, it begins now.
   * It ends when the loop is left, or when the signal is aborted.
   */
  async *watch<Data, Variables extends After>(
    document: TypedDocumentString<Data, Variables>,
    variables?: Variables,
    signal?: AbortSignal,
  ): AsyncGenerator<Brought<Data>, void, undefined> {
    // From now on: where that is must be known before a first connection is lost.
    const after = variables?.after ?? (await this.execute(ChangeCursorDocument)).changeCursor;
    // The library sends this very object again after each reconnection, with the cursor that it has by then.
    const payload = { query: document.toString(), variables: { ...variables, after } as Record<string, unknown> };
    const ending = signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal]);
    for (let failed = 0; !ending.aborted; failed += 1) {
      let pause = pauseAfter(failed);
      try {
        for await (const change of this.#changes<Data>(payload, ending)) {
          failed = 0;
          yield change;
        }
      } catch (error) {
        const fault = told(error);
        if (fault instanceof ThrottledError) {
          pause = Math.max(pause, fault.retryAfter * 1000);
        } else if (!(fault instanceof UnreachableError)) {
          throw fault;
        }
      }
      await wait(pause, ending);
    }
  }

  /** Ends all that is open. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#socket.dispose();
  }

  /** Follows a subscription through all the connections that the library makes, until the server ends it. */
  async *#changes<Data>(
    payload: { query: string; variables: Record<string, unknown> },
    signal: AbortSignal,
  ): AsyncGenerator<Brought<Data>, void, undefined> {
    const arrived: Brought<Data>[] = [];
    let end: { readonly error?: unknown } | undefined;
    let wake = () => {};
    const over = (error?: unknown) => {
      end ??= { error };
      wake();
    };
    const leave = this.#socket.subscribe<Record<string, unknown>>(payload, {
      next: (result) => {
        if (end !== undefined) {
          return; // what comes after a change that could not be told would pass it over
        }
        try {
          const [change] = Object.values(dataOf(result));
          // From here on what has come counts, not what has been taken: after a reconnection nothing comes twice.
          payload.variables["after"] = (change as Resumable).cursor;
          arrived.push(change as Brought<Data>);
          wake();
        } catch (error) {
          over(error);
        }
      },
      error: over,
      complete: () => over(),
    });
    const stop = () => over();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        const change = arrived.shift();
        if (change !== undefined) {
          yield change;
        } else if (end === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else if (end.error === undefined) {
          return;
        } else {
          throw end.error;
        }
      }
    } finally {
      signal.removeEventListener("abort", stop);
      leave();
    }
  }

  async #post<Data>(query: string, variables: unknown): Promise<Data> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#endpoint, {
        method: "POST",
        headers: {
          ...this.#authorization,
          "Content-Type": "application/json",
          Accept: "application/graphql-response+json, application/json",
        },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(MILLISECONDS_TO_ANSWER),
      });
      text = await response.text();
    } catch (error) {
      throw new UnreachableError(`${this.#endpoint} could not be asked: ${reason(error)}.`, { cause: error });
    }
    const answer = parsed(text);
    if (answer?.errors === undefined && answer?.data === undefined) {
      const complaint = `${this.#endpoint} answered ${response.status}, and not as a GraphQL server does.`;
      throw ONLY_FOR_NOW.has(response.status) ? new UnreachableError(complaint) : new MaycallError(complaint);
    }
    return dataOf(answer) as Data;
  }

  #connect(): Client {
    let dead: ReturnType<typeof setTimeout> | undefined;
    const client = createClient({
      url: this.#endpoint.replace(/^http/, "ws"),
      webSocketImpl: WebSocket,
      connectionParams: this.#authorization,
      retryAttempts: Number.POSITIVE_INFINITY,
      retryWait: (failed) => wait(pauseAfter(failed)),
      shouldRetry: (event) => !FORBIDDEN.has(codeOf(event)) && !REFUSED.test(messageOf(event)),
      connectionAckWaitTimeout: MILLISECONDS_TO_ENTER,
      keepAlive: MILLISECONDS_BETWEEN_PINGS,
      on: {
        ping: (received) => {
          if (!received) {
            dead = setTimeout(() => client.terminate(), MILLISECONDS_FOR_A_PONG);
          }
        },
        pong: () => clearTimeout(dead),
        closed: () => clearTimeout(dead),
      },
    });
    return client;
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFault[] | undefined;
}

function dataOf(answer: Answer | ExecutionResult): Record<string, unknown> {
  if (answer.errors !== undefined && answer.errors.length > 0) {
    throw faultOf(answer.errors);
  }
  return answer.data as Record<string, unknown>;
}

function parsed(text: string): Answer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === "object" && answer !== null ? answer : undefined;
  } catch {
    return undefined;
  }
}

function withKey<Input extends { idempotencyKey?: string | null | undefined }>(input: Input): Input {
  return { ...input, idempotencyKey: input.idempotencyKey ?? globalThis.crypto.randomUUID() };
}

function hasKey(variables: unknown): boolean {
  const input = (variables as { input?: { idempotencyKey?: unknown } } | undefined)?.input;
  return typeof input?.idempotencyKey === "string";
}

/** Gives the code of a close event, and 0 for anything else. */
function codeOf(event: unknown): number {
  const code = (event as { code?: unknown } | null)?.code;
  return typeof code === "number" ? code : 0;
}

function messageOf(event: unknown): string {
  const { message, reason } = (event ?? {}) as { message?: unknown; reason?: unknown };
  return String(message ?? reason ?? "");
}

/** Gives as one of our errors what graphql-ws throws: a close event, the errors of a message, or anything else. */
function told(error: unknown): MaycallError {
  if (error instanceof MaycallError) {
    return error;
  }
  if (Array.isArray(error)) {
    return faultOf(error as GraphQLFault[]);
  }
  const [code, message] = [codeOf(error), messageOf(error)];
  if (FORBIDDEN.has(code) || /server response: 40[13]/.test(message)) {
    const text = `The server does not let this token in (${message || code}). Make another one.`;
    return new UnauthenticatedError([{ message: text, extensions: { code: "UNAUTHENTICATED" } }]);
  }
  if (NOT_UNDERSTOOD.has(code) || REFUSED.test(message)) {
    return new MaycallError(`The server refuses to go on: ${message} (${code}).`, { cause: error });
  }
  return new UnreachableError(`The connection failed: ${message || reason(error)}.`, { cause: error });
}

function reason(error: unknown): string {
  if (error instanceof Error) {
    return error.cause instanceof Error ? error.cause.message || error.message : error.message;
  }
  return String(error);
}
