import { serverNow } from "./clock";
import { Watched } from "./watched";

const SPREAD = 1500; // milliseconds over which those who waited for the same minute come back

/** Waits, where the server says that too much was asked in this minute, and asks again: what is asked so gets answered. */
export class Patience extends Watched<number | null> {
  readonly #waits = new Set<{ until: number }>();

  constructor() {
    super(null);
  }

  /** When the last of what waits goes on, by the server's clock; null while nothing waits. */
  get until(): number | null {
    return this.state;
  }

  /** Asks as often as it takes until there is another answer than to come again later. */
  async ask(ask: typeof fetch, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    for (;;) {
      const response = await ask(input, init);
      const seconds = Number(response.headers.get("Retry-After"));
      if (response.status !== 429 || !(seconds > 0)) return response;
      await this.wait(seconds, init?.signal);
    }
  }

  /** Waits for so many seconds, and a little more by chance; throws where it is given up. */
  async wait(seconds: number, signal?: AbortSignal | null): Promise<void> {
    const ms = seconds * 1000 + Math.random() * SPREAD;
    const wait = { until: serverNow() + ms };
    this.#waits.add(wait);
    this.#tell();
    let timer: number | undefined;
    try {
      await new Promise<void>((resolve) => {
        timer = window.setTimeout(resolve, ms);
        signal?.addEventListener("abort", () => resolve(), { once: true });
      });
      signal?.throwIfAborted();
    } finally {
      clearTimeout(timer);
      this.#waits.delete(wait);
      this.#tell();
    }
  }

  #tell(): void {
    this.turn(this.#waits.size === 0 ? null : Math.max(...[...this.#waits].map((wait) => wait.until)));
  }
}
