import type { KeyvStorageAdapter } from 'keyv';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { PostgresHandle, Querier } from '../../shared/postgres-handle.ts';
import type { Store } from '../contract.ts';
import type { DocumentEngine, FoundRow, RowWrite } from '../document-rows.ts';
import { DocumentStore } from '../document-store.ts';
import { PostgresAdapter } from './postgres-adapter.ts';
import { PostgresRows } from './postgres-rows.ts';
import { createTables } from './postgres-schema.ts';

type Work = (querier: Querier) => Promise<void>;

const CLEAR_EXPIRED_INTERVAL_MS = 60 * 60 * 1000;

export interface PostgresStoreOptions {
  readonly clock: Clock;
  /** Notified of what cannot be read. */
  readonly logger: Logger;
}

/** Documents in one PostgreSQL database. */
class PostgresEngine implements DocumentEngine<PostgresHandle, Work> {
  readonly rows: PostgresRows;
  readonly place: PostgresHandle;
  readonly #clearing: NodeJS.Timeout;

  constructor(database: PostgresHandle) {
    this.place = database;
    this.rows = new PostgresRows(database);
    // What fails now is done an hour later.
    const clear = () => void this.rows.dropExpired(Date.now()).catch(() => undefined);
    this.#clearing = setInterval(clear, CLEAR_EXPIRED_INTERVAL_MS).unref();
  }

  createAdapter(): KeyvStorageAdapter {
    return new PostgresAdapter(this.rows);
  }

  commit(found: readonly FoundRow[], written: readonly RowWrite[], works: readonly Work[]): Promise<boolean> {
    return this.rows.commit(found, written, async (querier) => {
      for (const work of works) await work(querier);
    });
  }

  /** The connections are closed by whoever opened them. */
  async close(): Promise<void> {
    clearInterval(this.#clearing);
  }
}

/** Opens the store in a database, making its tables; the database stays open at the store's end. */
export async function openPostgresStore(database: PostgresHandle, options: PostgresStoreOptions): Promise<Store> {
  await createTables(database);
  return new DocumentStore(new PostgresEngine(database), options);
}
