import { AsyncLocalStorage } from 'node:async_hooks';
import KeyvSqlite from '@keyv/sqlite';
import { Keyv } from 'keyv';
import type { z } from 'zod';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import type { SqliteHandle } from '../../shared/sqlite-handle.ts';
import { SqliteTransaction, type Transaction } from '../../shared/transaction.ts';
import { type Collection, type CollectionOptions, type SetAsideDocument, type Store, StoreError } from '../contract.ts';
import { SetAside } from './set-aside.ts';
import { SqliteCollection } from './sqlite-collection.ts';
import { SqliteConnection, type SqliteConnectionOptions } from './sqlite-connection.ts';
import { serialization } from './stored-text.ts';
import { TransactionRows } from './transaction-rows.ts';

const CLEAR_EXPIRED_INTERVAL_MS = 60 * 60 * 1000;
const ITERATION_BATCH = 500;
const MAX_TRIES = 1_000;

export interface SqliteStoreOptions extends SqliteConnectionOptions {
  /** Told of what cannot be read. */
  readonly logger?: Logger;
}

/** A store in one SQLite file. */
export class SqliteStore implements Store {
  readonly #connection: SqliteConnection;
  readonly #setAside: SetAside;
  readonly #keyvs: Keyv[] = [];
  readonly #rows = new WeakMap<Transaction, TransactionRows>();
  readonly #current = new AsyncLocalStorage<Transaction>();
  #clearsExpired = false;

  constructor(connection: SqliteConnection, clock: Clock = systemClock, logger: Logger = silentLogger) {
    this.#connection = connection;
    this.#setAside = new SetAside(connection, clock, logger);
  }

  /** Opens the file at `path` (`:memory:` for none), making its folder. */
  static open(path: string, clock: Clock = systemClock, options: SqliteStoreOptions = {}): SqliteStore {
    const { logger, ...limits } = options;
    return new SqliteStore(new SqliteConnection(path, clock, limits), clock, logger);
  }

  /** The file, for a queue that lies in it too and so can take part in transactions. */
  get file(): SqliteHandle {
    return this.#connection.file;
  }

  collection<T>(name: string, schema: z.ZodType<T>, options: CollectionOptions<T> = {}): Collection<T> {
    const adapter = new KeyvSqlite({
      uri: 'sqlite://shared',
      driver: this.#connection.toDriver(),
      iterationLimit: ITERATION_BATCH,
      clearExpiredInterval: this.#clearsExpired ? 0 : CLEAR_EXPIRED_INTERVAL_MS,
    });
    this.#clearsExpired = true;
    const keyv = new Keyv({ store: adapter, namespace: name, serialization });
    this.#keyvs.push(keyv);
    const parts = {
      keyv,
      connection: this.#connection,
      setAside: this.#setAside,
      rowsOf: (transaction: Transaction) => this.#rowsOf(transaction),
    };
    return new SqliteCollection(name, schema, parts, options);
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

  listSetAside(): Promise<readonly SetAsideDocument[]> {
    return this.#setAside.list();
  }

  async close(): Promise<void> {
    for (const keyv of this.#keyvs) await keyv.disconnect();
    this.#connection.close();
  }

  /** Undefined where another writer was faster. */
  async #try<T>(work: (transaction: Transaction) => Promise<T>): Promise<{ readonly result: T } | undefined> {
    const transaction = new SqliteTransaction(this.#connection.file);
    const rows = new TransactionRows(this.#connection, transaction);
    this.#rows.set(transaction, rows);
    try {
      const result = await this.#current.run(transaction, () => work(transaction));
      return (await rows.commit()) ? { result } : undefined;
    } finally {
      transaction.close();
    }
  }

  #rowsOf(transaction: Transaction): TransactionRows {
    const rows = this.#rows.get(transaction);
    if (rows !== undefined && !transaction.isOver) return rows;
    throw new StoreError('store-elsewhere', 'The transaction is over, or belongs to another store.');
  }
}
