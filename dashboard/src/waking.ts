import type { Client } from "@urql/core";

import type { Row } from "./desk";
import { serverNow } from "./ground/clock";
import type { Rows } from "./ground/rows";
import { RowsAgain } from "./permissions.graphql";

const LOOK_EVERY = 2000; // milliseconds
const AFTER = 1000; // milliseconds that this machine's idea of the server's clock may be early
const AGAIN_AFTER = 30_000; // milliseconds until the same is asked once more, where it changed nothing
const AT_ONCE = 50;

/** When something that stands in a row's way ends by itself, in milliseconds. */
function ends({ canCall, canRequest }: Row): number[] {
  return [...canCall.blockers, ...canRequest.blockers].flatMap(({ availableAt }) =>
    availableAt === null ? [] : Date.parse(availableAt),
  );
}

/** Reads rows in view again when what stood in their way has passed: nobody tells of what only the clock changes. */
export class Waking {
  readonly #listeners = new Set<(rows: readonly Row[]) => void>();
  readonly #asked = new Map<string, number>();
  #timer: number | undefined;
  #asking = false;

  constructor(
    private readonly client: Client,
    private readonly rows: Rows<Row>,
  ) {}

  /** Hears of the rows that were read again, until the function that it gives is called. */
  hear = (listener: (rows: readonly Row[]) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  begin(): void {
    this.#timer = window.setInterval(() => void this.#look(), LOOK_EVERY);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (document.hidden || this.#asking) return;
    const now = serverNow();
    const due = this.rows.inView().filter((row) => ends(row).some((end) => end + AFTER <= now));
    const ids = due.map((row) => row.id).filter((id) => (this.#asked.get(id) ?? 0) + AGAIN_AFTER <= now);
    if (ids.length === 0) return;
    this.#asking = true;
    for (const id of ids.slice(0, AT_ONCE)) this.#asked.set(id, now);
    const { version } = this.rows;
    const { data } = await this.client.query(RowsAgain, { ids: ids.slice(0, AT_ONCE) }).toPromise();
    this.#asking = false;
    const found = (data?.nodes ?? []).flatMap((node) => (node?.__typename === "CallPermission" ? node : []));
    const fresh = found.filter((row) => !this.rows.changedSince(row.id, version));
    for (const row of fresh) if (JSON.stringify(row) !== JSON.stringify(this.rows.get(row.id))) this.rows.change(row);
    this.#listeners.forEach((listener) => listener(fresh));
  }
}
