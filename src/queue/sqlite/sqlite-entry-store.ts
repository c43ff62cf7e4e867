import type { Clock } from '../../shared/clock.ts';
import { asSqliteTransaction } from '../../shared/sqlite-transaction.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { AddResult, EntryView, QueueStats, RepeatOptions } from '../contract.ts';
import type { EntryStore, PlannedEntry } from '../planned-entry.ts';
import { QueueElsewhereError } from '../queue-errors.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { SqliteEntries } from './sqlite-entries.ts';

/** Entries in transactions of their own, or in one of the store's. */
export class SqliteEntryStore implements EntryStore {
  readonly #database: SqliteDatabase;
  readonly #entries: SqliteEntries;
  readonly #clock: Clock;

  constructor(database: SqliteDatabase, entries: SqliteEntries, clock: Clock) {
    this.#database = database;
    this.#entries = entries;
    this.#clock = clock;
  }

  add(queue: string, batch: readonly PlannedEntry[]): Promise<readonly AddResult[]> {
    return this.#database.write(() => this.#addAll(queue, batch));
  }

  addWithin(transaction: Transaction, queue: string, batch: readonly PlannedEntry[], committed: () => void): void {
    const ours = asSqliteTransaction(transaction, this.#database.shared);
    if (ours === undefined) throw new QueueElsewhereError();
    ours.stage(() => void this.#addAll(queue, batch));
    ours.onCommitted(committed);
  }

  repeat(queue: string, payload: string, options: RepeatOptions): Promise<AddResult> {
    return this.#database.write(() => this.#entries.repeat(queue, payload, options, this.#clock.now()));
  }

  get(queue: string, key: string): Promise<EntryView | undefined> {
    return this.#database.read(() => this.#entries.get(queue, key, this.#clock.now()));
  }

  stats(queue: string): Promise<QueueStats> {
    return this.#database.read(() => this.#entries.stats(queue, this.#clock.now()));
  }

  #addAll(queue: string, batch: readonly PlannedEntry[]): readonly AddResult[] {
    const now = this.#clock.now();
    return batch.map((entry) => this.#entries.add(queue, entry, now));
  }
}
