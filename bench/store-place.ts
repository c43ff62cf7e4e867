import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Queue } from '../src/queue/contract.ts';
import { openPgbossQueue } from '../src/queue/pgboss/pgboss-queue.ts';
import { SqliteQueue } from '../src/queue/sqlite/sqlite-queue.ts';
import { systemClock } from '../src/shared/clock.ts';
import { silentLogger } from '../src/shared/logger.ts';
import { PostgresHandle } from '../src/shared/postgres-handle.ts';
import type { Store } from '../src/storage/contract.ts';
import { openPostgresStore } from '../src/storage/postgres/postgres-store.ts';
import { SqliteStore } from '../src/storage/sqlite/sqlite-store.ts';

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres';

export type EngineName = 'SQLite' | 'PostgreSQL';

/** Store and queue, opened within the bench. */
export interface OpenPlace {
  readonly store: Store;
  readonly queue: Queue;
  close(): Promise<void>;
}

/** An empty place for a bot's state, which is removed at the end. */
export interface StorePlace {
  readonly engine: EngineName;
  /** As `STORE_URL` takes it. */
  readonly url: string;
  open(): Promise<OpenPlace>;
  /** Transactions that the server has committed for it so far; a statement alone is one. */
  commits(): Promise<number>;
  remove(): Promise<void>;
}

export function createPlace(engine: EngineName): Promise<StorePlace> {
  return engine === 'SQLite' ? createFile() : createDatabase();
}

async function createFile(): Promise<StorePlace> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-store-'));
  const path = join(folder, 'bot.sqlite');
  return {
    engine: 'SQLite',
    url: `sqlite:${path}`,
    async open() {
      const store = SqliteStore.open(path);
      const queue = await SqliteQueue.open({ path, file: store.file });
      return { store, queue, close: () => closeBoth(queue, store) };
    },
    commits: async () => 0,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A database of its own on the server that `TEST_POSTGRES_URL` names, or on this machine's. */
async function createDatabase(): Promise<StorePlace> {
  const serverUrl = process.env['TEST_POSTGRES_URL'] ?? DEFAULT_URL;
  const options = { clock: systemClock, logger: silentLogger };
  const server = new PostgresHandle({ url: serverUrl, maxConnections: 1, ...options });
  const name = `bench_${randomBytes(6).toString('hex')}`;
  await server.query(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    engine: 'PostgreSQL',
    url: url.href,
    async open() {
      const database = new PostgresHandle({ url: url.href, ...options });
      const store = await openPostgresStore(database, options);
      const queue = await openPgbossQueue(database);
      const close = async () => {
        await closeBoth(queue, store);
        await database.close();
      };
      return { store, queue, close };
    },
    async commits() {
      const [row] = await server.read('SELECT xact_commit FROM pg_stat_database WHERE datname = $1', [name]);
      return Number(row?.['xact_commit']);
    },
    async remove() {
      await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await server.close();
    },
  };
}

async function closeBoth(queue: Queue, store: Store): Promise<void> {
  await queue.stop();
  await store.close();
}
