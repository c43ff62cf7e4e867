import { AsyncLocalStorage } from 'node:async_hooks';
import { Keyv } from 'keyv';
import type { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { StagedTransaction, type Transaction } from '../shared/transaction.ts';
import {
  type Collection,
  type CollectionOptions,
  type SetAsideDocument,
  type Store,
  StoreError,
  type StoreFailure,
} from './contract.ts';
import { DocumentCollection } from './document-collection.ts';
import type { DocumentEngine } from './document-rows.ts';
import { SetAside } from './set-aside.ts';
import { serialization } from './stored-text.ts';
import { TransactionRows } from './transaction-rows.ts';

const MAX_TRIES = 1_000;

export interface DocumentStoreOptions {
  readonly clock: Clock;
  /** Notified of what cannot be read. */
  readonly logger: Logger;
}

/** A store over any engine that keeps rows. */
export class DocumentStore<Place, Work> implements Store {
  readonly #engine: DocumentEngine<Place, Work>;
  readonly #setAside: SetAside;
  readonly #keyvs: Keyv[] = [];
  readonly #rows = new WeakMap<Transaction, TransactionRows>();
  readonly #current = new AsyncLocalStorage<Transaction>();

  constructor(engine: DocumentEngine<Place, Work>, { clock, logger }: DocumentStoreOptions) {
    this.#engine = engine;
    this.#setAside = new SetAside(engine.rows, clock, logger);
  }

  collection<T>(name: string, schema: z.ZodType<T>, options: CollectionOptions<T> = {}): Collection<T> {
    const keyv = new Keyv({ store: this.#engine.createAdapter(), namespace: name, serialization });
    this.#keyvs.push(keyv);
    const parts = {
      keyv,
      rows: this.#engine.rows,
      setAside: this.#setAside,
      rowsOf: (transaction: Transaction) => this.#rowsOf(transaction),
    };
    return new DocumentCollection(name, schema, parts, options);
  }

  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.#current.getStore()?.isOver === false) {
      throw new StoreError('store-nested', 'A transaction was begun within a transaction; hand that one on instead.');
    }
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const tried = await this.#try(work);
      if (tried !== undefined) return tried.result;
    }
    throw new StoreError('store-contended', 'Others changed the same documents at every try of a transaction.');
  }

  get lastFailure(): StoreFailure | undefined {
    const { lastFailure, lastFailedAt: at } = this.#engine.rows;
    return lastFailure === undefined || at === undefined ? undefined : { code: lastFailure.code, at };
  }

  listSetAside(): Promise<readonly SetAsideDocument[]> {
    return this.#setAside.list();
  }

  async close(): Promise<void> {
    for (const keyv of this.#keyvs) await keyv.disconnect();
    await this.#engine.close();
  }

  /** Undefined where another writer was faster. */
  async #try<T>(work: (transaction: Transaction) => Promise<T>): Promise<{ readonly result: T } | undefined> {
    const transaction = new StagedTransaction<Place, Work>(this.#engine.place);
    const rows = new TransactionRows(this.#engine.rows);
    this.#rows.set(transaction, rows);
    try {
      const result = await this.#current.run(transaction, () => work(transaction));
      return (await this.#commit(transaction, rows)) ? { result } : undefined;
    } finally {
      transaction.close();
    }
  }

  async #commit(transaction: StagedTransaction<Place, Work>, { found, written }: TransactionRows): Promise<boolean> {
    const works = transaction.close();
    if (works.length === 0 && written.length === 0) return true;
    await transaction.runPreparations();
    const isCommitted = await this.#engine.commit(found, written, works);
    if (isCommitted) transaction.reportCommitted();
    return isCommitted;
  }

  #rowsOf(transaction: Transaction): TransactionRows {
    const rows = this.#rows.get(transaction);
    if (rows !== undefined && !transaction.isOver) return rows;
    throw new StoreError('store-elsewhere', 'The transaction is over, or belongs to another store.');
  }
}
