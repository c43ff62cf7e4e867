import type { z } from 'zod';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import type { SqliteHandle } from '../../shared/sqlite-handle.ts';
import type { NamedQueue, Queue, StopOptions } from '../contract.ts';
import { WorkerQueue } from '../worker-queue.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { SqliteEntries } from './sqlite-entries.ts';
import { SqliteEntryStore } from './sqlite-entry-store.ts';
import { SqliteLeases } from './sqlite-leases.ts';
import { addMissingColumns, QUEUE_DDL } from './sqlite-schema.ts';

export interface SqliteQueueOptions {
  /** The file; its folder is made if it is not there. May be shared with other tables and other processes. */
  readonly path: string;
  /** The store's connection, so that entries can be part of its transactions; default: a connection of its own. */
  readonly file?: SqliteHandle;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
  /** Milliseconds for which done entries can still be seen; default one hour. */
  readonly keepDoneMs?: number;
  /** Milliseconds for which failed entries can still be seen; default seven days. */
  readonly keepFailedMs?: number;
  /** Milliseconds to wait for another process's lock before a call rejects; default 10,000. */
  readonly lockWaitMs?: number;
  /** Milliseconds after which a worker looks for entries that another process added; default 1,000. */
  readonly maxIdleMs?: number;
  /**
   * Bytes the file may have; what needs more fails as on a full disk, handling included. To try that
   * out; default: no limit.
   */
  readonly maxBytes?: number;
}

/** Durable work in one SQLite file. Processes that open the same file share the work through leases. */
export class SqliteQueue implements Queue {
  readonly #queue: WorkerQueue;

  private constructor(queue: WorkerQueue) {
    this.#queue = queue;
  }

  /**
   * Opens or creates the file. Rejects with `QueueLockedError` or `QueueFullError`, or with what the file system said.
   */
  static async open(options: SqliteQueueOptions): Promise<SqliteQueue> {
    const { clock = systemClock, logger = silentLogger, maxIdleMs = 1000 } = options;
    const database = await openDatabase(options, clock);
    await database.write(() => addMissingColumns(database));
    const entries = new SqliteEntries(database);
    const leases = new SqliteLeases(database, entries, {
      clock,
      random: options.random ?? Math.random,
      keepDoneMs: options.keepDoneMs ?? 3_600_000,
      keepFailedMs: options.keepFailedMs ?? 7 * 86_400_000,
    });
    await leases.releaseOfTheGone();
    await leases.catchUpWithClock();
    const store = new SqliteEntryStore(database, entries, clock);
    const close = () => database.close();
    return new SqliteQueue(new WorkerQueue({ entries: store, leases, clock, logger, maxIdleMs, close }));
  }

  define<Payload, Input>(name: string, schema: z.ZodType<Payload, Input>): NamedQueue<Input, Payload> {
    return this.#queue.define(name, schema);
  }

  wake(): void {
    this.#queue.wake();
  }

  whenIdle(): Promise<void> {
    return this.#queue.whenIdle();
  }

  stop(options: StopOptions = {}): Promise<{ readonly unfinished: number }> {
    return this.#queue.stop(options);
  }
}

function openDatabase(options: SqliteQueueOptions, clock: Clock): Promise<SqliteDatabase> {
  const { path, file, lockWaitMs = 10_000, maxBytes } = options;
  if (file !== undefined) return SqliteDatabase.share(file, QUEUE_DDL);
  return SqliteDatabase.open({ path, clock, lockWaitMs, ...compact({ maxBytes }) }, QUEUE_DDL);
}
