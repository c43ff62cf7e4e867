import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import type { Store } from '../../src/storage/contract.ts';
import { openPostgresStore } from '../../src/storage/postgres/postgres-store.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { createPostgresPlace } from '../postgres.ts';

/** A place where documents are kept; each `open` is another process that shares it. */
export interface StorePlace {
  open(): Promise<Store>;
  destroy(): Promise<void>;
}

export interface StoreEngine {
  readonly name: string;
  createPlace(): StorePlace;
}

export const sqliteEngine: StoreEngine = {
  name: 'SQLite',
  createPlace() {
    const folder = mkdtempSync(join(tmpdir(), 'store-contract-'));
    return {
      open: async () => SqliteStore.open(join(folder, 'deep', 'bot.sqlite'), systemClock),
      destroy: async () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};

export const postgresEngine: StoreEngine = {
  name: 'PostgreSQL',
  createPlace() {
    const { url, destroy } = createPostgresPlace();
    const databases: PostgresHandle[] = [];
    return {
      async open() {
        const options = { clock: systemClock, logger: silentLogger };
        const database = new PostgresHandle({ url, ...options, maxConnections: 4 });
        databases.push(database);
        return openPostgresStore(database, options);
      },
      async destroy() {
        for (const database of databases) await database.close();
        await destroy();
      },
    };
  },
};
