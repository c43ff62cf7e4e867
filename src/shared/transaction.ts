import { AppError } from './errors.ts';
import type { SqliteHandle } from './sqlite-handle.ts';

/** Several writes that are committed as one, or not at all: made by a store, and given to whatever takes part in it. */
export interface Transaction {
  /** Whether it was committed or given up: nothing can take part in it any more. */
  readonly isOver: boolean;
}

/** A transaction on one SQLite file. */
export class SqliteTransaction implements Transaction {
  readonly file: SqliteHandle;
  readonly #works: (() => void)[] = [];
  readonly #listeners: (() => void)[] = [];
  #isOver = false;

  constructor(file: SqliteHandle) {
    this.file = file;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Runs `work`, which must be synchronous and repeatable, within the commit; where it throws, nothing
   * of the transaction happens.
   */
  stage(work: () => void): void {
    this.#requireOpen();
    this.#works.push(work);
  }

  /** Calls `listener` after the commit. */
  onCommitted(listener: () => void): void {
    this.#requireOpen();
    this.#listeners.push(listener);
  }

  /** Takes nothing more; returns what is to be run within the commit. */
  close(): readonly (() => void)[] {
    this.#isOver = true;
    return this.#works;
  }

  tellCommitted(): void {
    for (const listener of this.#listeners) listener();
  }

  #requireOpen(): void {
    if (this.#isOver) throw new AppError('transaction-over', 'The transaction has ended already.');
  }
}
