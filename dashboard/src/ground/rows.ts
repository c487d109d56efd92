import { useCallback, useSyncExternalStore } from "react";

interface Kept {
  id: string;
}

export interface Mark<Row> {
  at: number;
  before: Row | undefined;
}

/**
 * What the page shows of many things by their ids. Lists hold ids only, so that news of one row draws that row again
 * and nothing else, however long the list is.
 */
export class Rows<Row extends Kept> {
  readonly #rows = new Map<string, Row>();
  readonly #marks = new Map<string, Mark<Row>>(); // how a row last changed before somebody's eyes
  readonly #changed = new Map<string, number>(); // at which version
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #all = new Set<() => void>();
  #version = 0;

  /** Grows with everything that is kept anew. */
  get version(): number {
    return this.#version;
  }

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

  /** When a row last changed before somebody's eyes, and what it was until then. */
  mark(id: string): Mark<Row> | undefined {
    return this.#marks.get(id);
  }

  /** Whether news of a row came after this version: whoever asked for it then may have been told less than is known. */
  changedSince(id: string, version: number): boolean {
    return (this.#changed.get(id) ?? 0) > version;
  }

  /** Keeps rows as they were just read. */
  put(rows: readonly Row[]): void {
    for (const row of rows) this.#rows.set(row.id, row);
    this.#tell(rows.map((row) => row.id));
  }

  /** Keeps a row that changed while it was on the page. */
  change(row: Row): void {
    this.#marks.set(row.id, { at: Date.now(), before: this.#rows.get(row.id) });
    this.#rows.set(row.id, row);
    this.#changed.set(row.id, this.#version + 1);
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

  watchAll = (watcher: () => void): (() => void) => {
    this.#all.add(watcher);
    return () => this.#all.delete(watcher);
  };

  #tell(ids: readonly string[]): void {
    if (ids.length > 0) this.#version += 1;
    this.#all.forEach((watcher) => watcher());
    for (const id of ids) this.#watchers.get(id)?.forEach((watcher) => watcher());
  }
}

export function useRow<Row extends Kept>(rows: Rows<Row>, id: string): Row | undefined {
  return useSyncExternalStore(
    useCallback((watcher) => rows.watch(id, watcher), [rows, id]),
    () => rows.get(id),
  );
}

/** A number that changes with any row. */
export function useVersion<Row extends Kept>(rows: Rows<Row>): number {
  return useSyncExternalStore(rows.watchAll, () => rows.version);
}
