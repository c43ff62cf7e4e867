import type { z } from 'zod';
import { AppError } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { Collection, CollectionOptions, Documents, SetAsideDocument, Store, StoreFailure } from './contract.ts';

/** A write of the store that has ended. */
export interface StoreWrite {
  readonly operation: 'set' | 'delete' | 'insert' | 'update' | 'transaction';
  readonly ms: number;
  /** The code of what was thrown: `unknown` for what is no error of ours. */
  readonly failure?: string;
}

/** Must not throw. */
export type WriteObserver = (write: StoreWrite) => void;

/** A store of any engine that says how its writes go. */
export class ObservedStore implements Store {
  readonly #inner: Store;
  readonly #observe: WriteObserver;

  constructor(inner: Store, observe: WriteObserver) {
    this.#inner = inner;
    this.#observe = observe;
  }

  collection<T>(name: string, schema: z.ZodType<T>, options?: CollectionOptions<T>): Collection<T> {
    return new ObservedCollection(this.#inner.collection(name, schema, options), this.#observe);
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return timed('transaction', this.#observe, () => this.#inner.transaction(work));
  }

  get lastFailure(): StoreFailure | undefined {
    return this.#inner.lastFailure;
  }

  listSetAside(): Promise<readonly SetAsideDocument[]> {
    return this.#inner.listSetAside();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

class ObservedCollection<T> implements Collection<T> {
  readonly #inner: Collection<T>;
  readonly #observe: WriteObserver;

  constructor(inner: Collection<T>, observe: WriteObserver) {
    this.#inner = inner;
    this.#observe = observe;
  }

  get(key: string): Promise<T | undefined> {
    return this.#inner.get(key);
  }

  getMany(keys: readonly string[]): Promise<(T | undefined)[]> {
    return this.#inner.getMany(keys);
  }

  entries(): AsyncGenerator<[string, T]> {
    return this.#inner.entries();
  }

  /** Its writes are a part of the transaction's. */
  within(transaction: Transaction): Documents<T> {
    return this.#inner.within(transaction);
  }

  set(key: string, value: T): Promise<void> {
    return timed('set', this.#observe, () => this.#inner.set(key, value));
  }

  delete(key: string): Promise<boolean> {
    return timed('delete', this.#observe, () => this.#inner.delete(key));
  }

  insertIfAbsent(key: string, value: T): Promise<boolean> {
    return timed('insert', this.#observe, () => this.#inner.insertIfAbsent(key, value));
  }

  update(key: string, change: (known: T | undefined) => T | undefined): Promise<T | undefined> {
    return timed('update', this.#observe, () => this.#inner.update(key, change));
  }
}

async function timed<T>(
  operation: StoreWrite['operation'],
  observe: WriteObserver,
  write: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  try {
    const result = await write();
    observe({ operation, ms: performance.now() - startedAt });
    return result;
  } catch (thrown) {
    const failure = thrown instanceof AppError ? thrown.code : 'unknown';
    observe({ operation, ms: performance.now() - startedAt, failure });
    throw thrown;
  }
}
