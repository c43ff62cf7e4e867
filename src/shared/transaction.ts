import { AppError } from './errors.ts';
import { Listeners } from './listeners.ts';

/** Several writes that are committed as one, or not at all: made by a store, and given to whatever takes part in it. */
export interface Transaction {
  /** Whether it was committed or given up: nothing can take part in it any more. */
  readonly isOver: boolean;
}

/**
 * A transaction of one place, such as a file or a database: what takes part stages its work, which is run within the
 * commit.
 */
export class StagedTransaction<Place, Work> implements Transaction {
  readonly place: Place;
  readonly #preparations: (() => Promise<void>)[] = [];
  readonly #works: Work[] = [];
  readonly #committed = new Listeners<[], void>();
  #isOver = false;

  constructor(place: Place) {
    this.place = place;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Runs `work` before the commit begins, not within it; where it throws, nothing of the transaction happens. */
  prepare(work: () => Promise<void>): void {
    this.#requireOpen();
    this.#preparations.push(work);
  }

  /** Runs `work`, which must be repeatable, within the commit; where it throws, nothing of the transaction happens. */
  stage(work: Work): void {
    this.#requireOpen();
    this.#works.push(work);
  }

  /** Calls `listener` after the commit. */
  onCommitted(listener: () => void): void {
    this.#requireOpen();
    this.#committed.on(listener);
  }

  /** Takes nothing more; returns what is to be run within the commit. */
  close(): readonly Work[] {
    this.#isOver = true;
    return this.#works;
  }

  /** Runs what is to be done before the commit. */
  async runPreparations(): Promise<void> {
    for (const prepare of this.#preparations) await prepare();
  }

  reportCommitted(): void {
    this.#committed.emit();
  }

  #requireOpen(): void {
    if (this.#isOver) throw new AppError('transaction-over', 'The transaction has ended already.');
  }
}
