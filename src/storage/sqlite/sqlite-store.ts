import type { z } from 'zod';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import type { SqliteHandle } from '../../shared/sqlite-handle.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { Collection, CollectionOptions, SetAsideDocument, Store, StoreFailure } from '../contract.ts';
import { DocumentStore } from '../document-store.ts';
import { SqliteConnection, type SqliteConnectionOptions } from './sqlite-connection.ts';
import { SqliteEngine } from './sqlite-engine.ts';

export interface SqliteStoreOptions extends SqliteConnectionOptions {
  /** Notified of what cannot be read. */
  readonly logger?: Logger;
}

/** A store in one SQLite file. */
export class SqliteStore implements Store {
  readonly #connection: SqliteConnection;
  readonly #documents: DocumentStore<SqliteHandle, () => void>;

  constructor(connection: SqliteConnection, clock: Clock = systemClock, logger: Logger = silentLogger) {
    this.#connection = connection;
    this.#documents = new DocumentStore(new SqliteEngine(connection), { clock, logger });
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
    return this.#documents.collection(name, schema, options);
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#documents.transaction(work);
  }

  get lastFailure(): StoreFailure | undefined {
    return this.#documents.lastFailure;
  }

  listSetAside(): Promise<readonly SetAsideDocument[]> {
    return this.#documents.listSetAside();
  }

  close(): Promise<void> {
    return this.#documents.close();
  }
}
