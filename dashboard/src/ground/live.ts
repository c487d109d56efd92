import { type Client, type SubscribePayload, createClient } from "graphql-ws";

import { serverNow } from "./clock";
import { Watched } from "./watched";

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
  /** The cursor leads nowhere any more: what is on the page has to be read anew, and `follow` called with where the log stands. */
  gap: () => void;
  /** The token no longer works. */
  out: () => void;
}

type Followed = SubscribePayload & { variables: { after: string } };

const UNAUTHORIZED = [4401, 4403];
const KEEP_ALIVE = 10_000; // ms between two looks at whether the other end is there
const ANSWER = 5000; // ms that it has for saying so
const CONNECT = 10_000; // ms that a connection may take to come about
const SHORTEST = 250; // ms to wait before the first try
const LONGEST = 5000; // ms to wait before any later one
const LASTING = 5000; // ms after which a connection counts as good: the next loss begins with the shortest wait again

/**
 * One subscription to the log that lasts as long as the page: it comes back by itself after every interruption, with
 * the cursor of the last change it has seen, so that nothing is missed and nothing is told twice.
 */
export class Live<Item extends Numbered> extends Watched<{ line: Line; since: number }> {
  readonly #client: Client;
  readonly #closing = new AbortController();
  #payload: Followed | undefined;
  #end: (() => void) | undefined;
  #socket: WebSocket | undefined;
  #liveFrom = 0; // by performance.now()
  #tries = 0;
  #doing: (() => void) | undefined; // what is done at the next try
  #nextTry: number | undefined;
  #patience: number | undefined; // ends when the other end has not answered in time
  #waiting: Item[] = [];
  #frame: number | undefined;

  constructor(
    url: string,
    token: string,
    private readonly ends: Ends<Item>,
  ) {
    super({ line: "connecting", since: serverNow() });
    this.#client = createClient({
      url,
      connectionParams: { Authorization: `Bearer ${token}` },
      keepAlive: KEEP_ALIVE,
      retryAttempts: 0, // it would give up at some codes for ever, and cannot be woken: see `later`
      on: {
        connecting: () => this.#expect(CONNECT),
        connected: (socket) => {
          this.#answered();
          this.#socket = socket as WebSocket;
          this.#liveFrom = performance.now();
          this.#turn("live");
        },
        ping: (received) => {
          if (!received) this.#expect(ANSWER);
        },
        pong: (received) => {
          if (received) this.#answered();
        },
      },
    });
    const { signal } = this.#closing;
    window.addEventListener("online", this.#wake, { signal });
    window.addEventListener("offline", this.#wake, { signal });
    document.addEventListener("visibilitychange", this.#wake, { signal });
  }

  get line(): Line {
    return this.state.line;
  }

  /** When the line began to be as it is, by the server's clock in milliseconds. */
  get since(): number {
    return this.state.since;
  }

  /** Begins after this cursor. The payload's own variable moves on, so that a retry begins where the last one ended. */
  follow(payload: Followed): void {
    this.#payload = payload;
    this.#begin();
  }

  /** Does it after a while that doubles from try to try, and is never quite the same for two pages that lost one server. */
  later(doing: () => void): void {
    this.#stop();
    if (this.line === "live") this.#turn("lost");
    this.#doing = doing;
    const most = Math.min(SHORTEST * 2 ** this.#tries++, LONGEST);
    this.#nextTry = window.setTimeout(() => this.#now(), most * (0.5 + Math.random() / 2));
  }

  close(): void {
    this.#closing.abort();
    this.#stop();
    this.#answered();
    clearTimeout(this.#frame);
  }

  #stop(): void {
    clearTimeout(this.#nextTry);
    this.#doing = undefined;
    const end = this.#end;
    this.#end = undefined;
    end?.();
  }

  #begin(): void {
    this.#stop();
    const payload = this.#payload;
    if (!payload) return;
    let mine = true;
    const over = (then: () => void): void => {
      if (!mine) return;
      mine = false;
      then();
    };
    const end = this.#client.subscribe<Record<string, Item>>(payload, {
      next: ({ data, errors }) => {
        if (!mine) return;
        for (const item of Object.values(data ?? {})) {
          payload.variables.after = item.cursor;
          this.#put(item);
        }
        if (errors) over(() => this.#faulty(errors));
      },
      error: (fault) =>
        over(() => (Array.isArray(fault) ? this.#faulty(fault as readonly Fault[]) : this.#lost(fault))),
      complete: () => over(() => this.later(() => this.#begin())),
    });
    this.#end = () => {
      mine = false;
      end();
    };
  }

  #faulty(faults: readonly Fault[]): void {
    const codes = faults.map((fault) => fault.extensions?.code);
    if (codes.includes("UNAUTHENTICATED")) this.#refuse();
    else if (codes.includes("THROTTLED")) this.later(() => this.#begin());
    else this.later(() => this.ends.gap());
  }

  #lost(event: unknown): void {
    this.#answered();
    this.#socket = undefined;
    if (this.line === "live" && performance.now() - this.#liveFrom > LASTING) this.#tries = 0;
    if (UNAUTHORIZED.includes((event as Partial<CloseEvent>).code ?? 0)) this.#refuse();
    else this.later(() => this.#begin());
  }

  #refuse(): void {
    this.#stop();
    this.#turn("refused");
    this.ends.out();
  }

  #now(): void {
    clearTimeout(this.#nextTry);
    const doing = this.#doing;
    this.#doing = undefined;
    doing?.();
  }

  /** The network came or went, or somebody looks again after a while: what was slept through shows now, not in a minute. */
  #wake = (): void => {
    if (document.visibilityState === "hidden") return;
    if (this.#doing) {
      this.#tries = 0;
      this.#now();
    } else if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send('{"type":"ping"}');
      this.#expect(ANSWER);
    }
  };

  /** A connection can be gone without a word, as after a sleep: whoever says nothing in time is taken for gone. */
  #expect(ms: number): void {
    clearTimeout(this.#patience);
    this.#patience = window.setTimeout(() => this.#client.terminate(), ms);
  }

  #answered(): void {
    clearTimeout(this.#patience);
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
    if (line !== this.line) this.turn({ line, since: serverNow() });
  }
}
