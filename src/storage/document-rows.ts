import type { KeyvStorageAdapter } from 'keyv';
import type { DocumentId, StoreError } from './contract.ts';

/** What is to stand in a row: `text` undefined for none. */
export interface RowWrite extends DocumentId {
  readonly text: string | undefined;
  /** When the row is over its time: epoch milliseconds; none: never. */
  readonly expires?: number | undefined;
}

/** A row as it was found: `text` undefined where there was none. */
export interface FoundRow extends DocumentId {
  readonly text: string | undefined;
}

/** What becomes of a row, and what the caller gets. */
export interface Decision<T> {
  readonly result: T;
  readonly writes?: readonly RowWrite[];
}

/** What an engine does with single rows, which Keyv cannot: atomically, also against other processes. */
export interface DocumentRows {
  /** How many statements have failed since the start: Keyv's iterator ends silently on one. */
  readonly failures: number;
  readonly lastFailure: StoreError | undefined;
  /** Epoch milliseconds. */
  readonly lastFailedAt: number | undefined;
  /** The text of a row; undefined where there is none. Rows that are over their time may be there still. */
  read(id: DocumentId): Promise<string | undefined>;
  /** The keys of a collection, in their order. */
  listKeys(collection: string): Promise<readonly string[]>;
  /**
   * Writes what `decide` makes of a row, all or nothing. `decide` must be synchronous and without effects: it runs
   * again where another writer was faster. What it throws, this rejects with.
   */
  change<T>(id: DocumentId, decide: (text: string | undefined) => Decision<T>): Promise<T>;
}

/**
 * What keeps documents: rows of its own, the same rows as Keyv reads and writes them, and commits of several.
 * @typeParam Work What others stage into its transactions.
 */
export interface DocumentEngine<Place, Work> {
  readonly rows: DocumentRows;
  /** What its transactions belong to. */
  readonly place: Place;
  /** One Keyv adapter a collection. */
  createAdapter(): KeyvStorageAdapter;
  /**
   * Writes `written` and runs what was staged as one, unless another writer has changed what was `found`: `false` then,
   * and nothing has happened.
   */
  commit(found: readonly FoundRow[], written: readonly RowWrite[], works: readonly Work[]): Promise<boolean>;
  close(): Promise<void>;
}
