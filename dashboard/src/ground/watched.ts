/** Something that turns into something else now and then, and tells whoever watches. Made for useSyncExternalStore. */
export class Watched<State> {
  readonly #watchers = new Set<() => void>();
  #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  protected turn(state: State): void {
    if (Object.is(state, this.#state)) return;
    this.#state = state;
    this.#watchers.forEach((watcher) => watcher());
  }
}
