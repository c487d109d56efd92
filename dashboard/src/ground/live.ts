import { type Client, type SubscribePayload, createClient } from "graphql-ws";

/** How the line to the server fares. */
export type Line = "connecting" | "live" | "lost" | "refused";

interface Numbered {
  cursor: string;
}

/** What a subscription may say instead of news. */
export interface Fault {
  message: string;
  extensions?: { code?: string; reason?: string };
}

interface Ends<Item> {
  /** Everything that came since the last frame, in the order of the log. */
  news: (items: Item[]) => void;
  /** The cursor leads nowhere any more: what is on the page has to be read anew. */
  gap: () => void;
  /** The token no longer works. */
  out: () => void;
}

const UNAUTHORIZED = [4401, 4403];

/**
 * One subscription to the log that lasts as long as the page: it comes back by itself after every interruption, with
 * the cursor of the last change it has seen, so that nothing is missed and nothing is told twice.
 */
export class Live<Item extends Numbered> {
  readonly #client: Client;
  readonly #watchers = new Set<() => void>();
  #line: Line = "connecting";
  #waiting: Item[] = [];
  #frame: number | undefined;
  #end: (() => void) | undefined;

  constructor(
    url: string,
    token: string,
    private readonly ends: Ends<Item>,
  ) {
    this.#client = createClient({
      url,
      connectionParams: { Authorization: `Bearer ${token}` },
      lazy: false,
      keepAlive: 10_000,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: async (retries) => wait(Math.min(250 * 2 ** retries, 8000) * (0.5 + Math.random() / 2)),
      onNonLazyError: () => undefined,
      on: {
        connecting: () => this.#turn(this.#line === "live" ? "lost" : this.#line),
        connected: () => this.#turn("live"),
        closed: (event) => this.#closed(event),
      },
    });
  }

  get line(): Line {
    return this.#line;
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Begins after this cursor. The payload's own variable moves on, so that a retry begins where the last one ended. */
  follow(payload: SubscribePayload & { variables: { after: string } }): void {
    this.#end?.();
    this.#end = this.#client.subscribe<Record<string, Item>>(payload, {
      next: ({ data, errors }) => {
        if (errors) this.#faulty(errors);
        for (const item of Object.values(data ?? {})) {
          payload.variables.after = item.cursor;
          this.#put(item);
        }
      },
      error: (fault) => {
        if (Array.isArray(fault)) this.#faulty(fault as readonly Fault[]);
      },
      complete: () => undefined,
    });
  }

  close(): void {
    this.#end?.();
    // It waits for a connection that is being made, to end it; there may never be one.
    void Promise.resolve(this.#client.dispose()).catch(() => undefined);
    if (this.#frame !== undefined) clearTimeout(this.#frame);
  }

  #faulty(faults: readonly Fault[]): void {
    const codes = faults.map((fault) => fault.extensions?.code);
    if (codes.includes("UNAUTHENTICATED")) this.#refuse();
    else this.ends.gap();
  }

  #closed(event: unknown): void {
    const code = event instanceof CloseEvent ? event.code : 0;
    if (UNAUTHORIZED.includes(code)) this.#refuse();
    else this.#turn("lost");
  }

  #refuse(): void {
    this.#turn("refused");
    this.ends.out();
  }

  #put(item: Item): void {
    this.#waiting.push(item);
    // Not by animation frames: a page in the background has none, and has to know what happened all the same.
    this.#frame ??= window.setTimeout(() => this.#flush(), 50);
  }

  #flush(): void {
    this.#frame = undefined;
    const items = this.#waiting;
    this.#waiting = [];
    this.ends.news(items);
  }

  #turn(line: Line): void {
    if (line === this.#line) return;
    this.#line = line;
    this.#watchers.forEach((watcher) => watcher());
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
