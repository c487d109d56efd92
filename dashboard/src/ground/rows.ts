import { useCallback, useSyncExternalStore } from "react";

interface Kept {
  id: string;
}

/**
 * What the page shows of many things by their ids. Lists hold ids only, so that news of one row draws that row again
 * and nothing else, however long the list is.
 */
export class Rows<Row extends Kept> {
  readonly #rows = new Map<string, Row>();
  readonly #marks = new Map<string, number>(); // when a row last changed before somebody's eyes
  readonly #watchers = new Map<string, Set<() => void>>();

  get(id: string): Row | undefined {
    return this.#rows.get(id);
  }

  /** Whether somebody looks at this row now. */
  isShown(id: string): boolean {
    return this.#watchers.has(id);
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  /** Those that are drawn now. */
  inView(): Row[] {
    return [...this.#watchers.keys()].flatMap((id) => this.#rows.get(id) ?? []);
  }

  markedAt(id: string): number | undefined {
    return this.#marks.get(id);
  }

  /** Keeps rows as they were just read. */
  put(rows: readonly Row[]): void {
    for (const row of rows) this.#rows.set(row.id, row);
    this.#tell(rows.map((row) => row.id));
  }

  /** Keeps a row that changed while it was on the page. */
  change(row: Row): void {
    this.#rows.set(row.id, row);
    this.#marks.set(row.id, Date.now());
    this.#tell([row.id]);
  }

  watch(id: string, watcher: () => void): () => void {
    const own = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, own.add(watcher));
    return () => {
      own.delete(watcher);
      if (own.size === 0) this.#watchers.delete(id);
    };
  }

  #tell(ids: readonly string[]): void {
    for (const id of ids) this.#watchers.get(id)?.forEach((watcher) => watcher());
  }
}

export function useRow<Row extends Kept>(rows: Rows<Row>, id: string): Row | undefined {
  return useSyncExternalStore(
    useCallback((watcher) => rows.watch(id, watcher), [rows, id]),
    () => rows.get(id),
  );
}
