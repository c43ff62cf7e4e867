import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Queue } from '../../src/queue/contract.ts';
import { openPgbossQueue } from '../../src/queue/pgboss/pgboss-queue.ts';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import type { Store } from '../../src/storage/contract.ts';
import { openPostgresStore } from '../../src/storage/postgres/postgres-store.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { createPostgresPlace } from '../postgres.ts';

const OPTIONS = { clock: systemClock, logger: silentLogger };

/** A store and the queue that lies in the same place. */
export interface StoreAndQueue {
  readonly store: Store;
  readonly queue: Queue;
  close(): Promise<void>;
}

/** A new file or schema: `address` is what `openAt` opens, also in another process. */
export interface SharedPlace {
  readonly address: string;
  destroy(): Promise<void>;
}

/** Opens a file, or a database by its URL. */
export function openAt(address: string): Promise<StoreAndQueue> {
  return address.startsWith('postgres:') ? openInPostgres(address) : openInSqlite(address);
}

export function createSqlitePlace(): SharedPlace {
  const folder = mkdtempSync(join(tmpdir(), 'transaction-'));
  return {
    address: join(folder, 'bot.sqlite'),
    destroy: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

export function createDatabasePlace(): SharedPlace {
  const { url, destroy } = createPostgresPlace();
  return { address: url, destroy };
}

/** The queue of an address with connections of its own, which are another place than the store's. */
export async function openQueueApart(address: string): Promise<{ readonly queue: Queue; close(): Promise<void> }> {
  if (!address.startsWith('postgres:')) {
    const queue = await SqliteQueue.open({ path: address });
    return { queue, close: async () => void (await queue.stop()) };
  }
  const database = new PostgresHandle({ url: address, ...OPTIONS });
  const queue = await openPgbossQueue(database);
  return { queue, close: () => closeAll(queue, database) };
}

async function openInSqlite(path: string): Promise<StoreAndQueue> {
  const store = SqliteStore.open(path, systemClock);
  const queue = await SqliteQueue.open({ path, file: store.file });
  return { store, queue, close: () => closeAll(queue, store) };
}

async function openInPostgres(url: string): Promise<StoreAndQueue> {
  const database = new PostgresHandle({ url, ...OPTIONS });
  const store = await openPostgresStore(database, OPTIONS);
  const queue = await openPgbossQueue(database);
  return { store, queue, close: () => closeAll(queue, store, database) };
}

async function closeAll(queue: Queue, ...others: readonly { close(): Promise<void> }[]): Promise<void> {
  await queue.stop();
  for (const other of others) await other.close();
}
