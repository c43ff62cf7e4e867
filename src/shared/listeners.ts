export type Listener<Args extends readonly unknown[], Result = Promise<void>> = (...args: Args) => Result;

/** Adds a listener and returns how to remove it again. */
export type Subscribe<Args extends readonly unknown[], Result = Promise<void>> = (
  listener: Listener<Args, Result>,
) => () => void;

/** Who is called when one kind of event happens, in the order in which they were added. */
export class Listeners<Args extends readonly unknown[], Result = Promise<void>> {
  readonly #listeners = new Set<Listener<Args, Result>>();

  /** A field, so that a class can offer it under a name of its own: `readonly onChange = this.#changed.on`. */
  readonly on: Subscribe<Args, Result> = (listener) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Calls each without waiting: for listeners that do not fail. */
  emit(...args: Args): void {
    for (const listener of [...this.#listeners]) listener(...args);
  }

  /** Awaits one after the other; rejects with what the first one throws, and calls none after it. */
  async emitInTurn(...args: Args): Promise<void> {
    for (const listener of [...this.#listeners]) await listener(...args);
  }

  /** Calls all at once and waits for all of them, also where one fails; then rejects with the first failure. */
  async emitToAll(...args: Args): Promise<void> {
    const results = await Promise.allSettled([...this.#listeners].map(async (listener) => listener(...args)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Awaits one after the other, and hands each failure to `onFailed`: none keeps the others from being called. */
  async emitToEach(onFailed: (thrown: unknown) => void, ...args: Args): Promise<void> {
    for (const listener of [...this.#listeners]) {
      try {
        await listener(...args);
      } catch (thrown) {
        onFailed(thrown);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
