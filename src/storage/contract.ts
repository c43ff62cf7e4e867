import type { z } from 'zod';
import { AppError } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';

/**
 * A read or write of the store that did not happen. `code`:
 * - `store-locked`: another process kept the store locked for too long; nothing was changed.
 * - `store-full`: there is no room left; nothing was changed.
 * - `store-failed`: anything else; a write may have happened.
 * - `store-invalid`: the value does not fit its schema; nothing was changed.
 * - `store-nested`: a transaction was begun within a transaction; nothing was changed.
 * - `store-elsewhere`: a transaction of another store was given, or one that has ended; nothing was changed.
 * - `store-contended`: others were faster at every try of a transaction; nothing was changed.
 */
export class StoreError extends AppError {}

/** A read or write that failed. */
export interface StoreFailure {
  readonly code: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface DocumentId {
  readonly collection: string;
  readonly key: string;
}

/** A document that could not be read. */
export interface SetAsideDocument extends DocumentId {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What is known of a document that does not fit its schema. */
export interface Unreadable {
  readonly key: string;
  /** As far as it can be read; undefined where it is no JSON. */
  readonly raw: unknown;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface CollectionOptions<T> {
  /** Milliseconds a value lives after its last write; none: for ever. */
  readonly ttlMs?: number;
  /** What takes the place of a document that cannot be read; default: nothing, as if there were none. */
  readonly repair?: (unreadable: Unreadable) => T;
}

/** Values of one kind by key. Every method rejects with a `StoreError`; a failed read never looks like "not there". */
export interface Documents<T> {
  get(key: string): Promise<T | undefined>;
  /** Alone, resolves when the value is on disk; within a transaction, when it is noted for the commit. */
  set(key: string, value: T): Promise<void>;
  /** Returns whether there was such a key. */
  delete(key: string): Promise<boolean>;
  /**
   * Stores the value if there is none under this key, atomically, also against other processes. Returns whether it was
   * stored. A document that cannot be read counts as one.
   */
  insertIfAbsent(key: string, value: T): Promise<boolean>;
  /**
   * Stores what `change` makes of the value, atomically, also against other processes; `undefined` leaves it as it is.
   * Returns what is stored then. `change` must be synchronous and without effects: it runs again where another writer
   * was faster. What it throws, this rejects with.
   */
  update(key: string, change: (known: T | undefined) => T | undefined): Promise<T | undefined>;
}

/**
 * All values of one kind, checked by their schema on the way in and out. What was read and does not fit is set aside,
 * so that it keeps nothing else from working.
 */
export interface Collection<T> extends Documents<T> {
  /** In the order of the keys; `undefined` where there is none. */
  getMany(keys: readonly string[]): Promise<(T | undefined)[]>;
  /** All values, in the order of their keys. */
  entries(): AsyncGenerator<[string, T]>;
  /**
   * The same values as part of a transaction of this store: writes happen when it commits, and reads
   * see its own writes.
   */
  within(transaction: Transaction): Documents<T>;
}

/** The only door to stored state. Every method rejects with a `StoreError` when the engine cannot read or write. */
export interface Store {
  /** A collection's name is part of the stored key: renaming it loses what it held. */
  collection<T>(name: string, schema: z.ZodType<T>, options?: CollectionOptions<T>): Collection<T>;
  /**
   * Runs `work`, then commits all that it wrote within the transaction as one, or nothing of it; also where the process
   * is killed in between. It is run again where another writer changed what it had read, so it must have no effects
   * outside of the transaction. Returns what `work` returned; rejects with what it threw. Not to be nested.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** What could not be read, and was moved out of the way. */
  listSetAside(): Promise<readonly SetAsideDocument[]>;
  /** The last read or write since the start that failed. */
  readonly lastFailure: StoreFailure | undefined;
  /** Ends all collections; later reads and writes fail. */
  close(): Promise<void>;
}
