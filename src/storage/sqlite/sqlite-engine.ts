import KeyvSqlite from '@keyv/sqlite';
import type { KeyvStorageAdapter } from 'keyv';
import type { SqliteHandle } from '../../shared/sqlite-handle.ts';
import type { DocumentEngine, FoundRow, RowWrite } from '../document-rows.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

const CLEAR_EXPIRED_INTERVAL_MS = 60 * 60 * 1000;
const ITERATION_BATCH = 500;

/** Documents in one SQLite file. */
export class SqliteEngine implements DocumentEngine<SqliteHandle, () => void> {
  readonly rows: SqliteConnection;
  #clearsExpired = false;

  constructor(connection: SqliteConnection) {
    this.rows = connection;
  }

  get place(): SqliteHandle {
    return this.rows.file;
  }

  /** The first one clears what is over its time, of all. */
  createAdapter(): KeyvStorageAdapter {
    const adapter = new KeyvSqlite({
      uri: 'sqlite://shared',
      driver: this.rows.toDriver(),
      iterationLimit: ITERATION_BATCH,
      clearExpiredInterval: this.#clearsExpired ? 0 : CLEAR_EXPIRED_INTERVAL_MS,
    });
    this.#clearsExpired = true;
    return adapter;
  }

  commit(found: readonly FoundRow[], written: readonly RowWrite[], works: readonly (() => void)[]): Promise<boolean> {
    return this.rows.atOnce(() => {
      if (found.some((row) => this.rows.row(row) !== row.text)) return false;
      for (const row of written) this.rows.putRow(row);
      for (const work of works) work();
      return true;
    });
  }

  async close(): Promise<void> {
    this.rows.close();
  }
}
