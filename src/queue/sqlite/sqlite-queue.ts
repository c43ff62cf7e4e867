import type { z } from 'zod';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import type { SqliteHandle } from '../../shared/sqlite-handle.ts';
import type { Handler, NamedQueue, Queue, StopOptions, WorkOptions } from '../contract.ts';
import { toRunner } from '../handler-runner.ts';
import { QueueError, QueueStoppedError } from '../queue-errors.ts';
import { WorkerLoop } from '../worker-loop.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { SqliteEntries } from './sqlite-entries.ts';
import { SqliteLeases } from './sqlite-leases.ts';
import { SqliteNamedQueue } from './sqlite-named-queue.ts';
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
  readonly #database: SqliteDatabase;
  readonly #options: SqliteQueueOptions;
  readonly #clock: Clock;
  readonly #entries: SqliteEntries;
  readonly #leases: SqliteLeases;
  readonly #names = new Set<string>();
  readonly #loops = new Map<string, WorkerLoop>();
  #stopping: Promise<{ readonly unfinished: number }> | undefined;

  private constructor(database: SqliteDatabase, options: SqliteQueueOptions) {
    this.#database = database;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#entries = new SqliteEntries(database);
    this.#leases = new SqliteLeases(database, this.#entries, {
      clock: this.#clock,
      random: options.random ?? Math.random,
      keepDoneMs: options.keepDoneMs ?? 3_600_000,
      keepFailedMs: options.keepFailedMs ?? 7 * 86_400_000,
    });
  }

  /**
   * Opens or creates the file. Rejects with `QueueLockedError` or `QueueFullError`, or with what the file system said.
   */
  static async open(options: SqliteQueueOptions): Promise<SqliteQueue> {
    const { path, clock = systemClock, lockWaitMs = 10_000, maxBytes } = options;
    const limits = maxBytes === undefined ? { lockWaitMs } : { lockWaitMs, maxBytes };
    const { file } = options;
    const database =
      file === undefined
        ? await SqliteDatabase.open({ path, clock, ...limits }, QUEUE_DDL)
        : await SqliteDatabase.share(file, QUEUE_DDL);
    await database.write(() => addMissingColumns(database));
    const queue = new SqliteQueue(database, options);
    await queue.#leases.releaseOfTheGone();
    await queue.#leases.catchUpWithClock();
    return queue;
  }

  define<Payload, Input>(name: string, schema: z.ZodType<Payload, Input>): NamedQueue<Input, Payload> {
    if (this.#names.has(name)) throw new QueueError('queue-name-taken', `Queue "${name}" is defined twice.`);
    this.#names.add(name);
    return new SqliteNamedQueue<Input, Payload>({
      name,
      schema,
      database: this.#database,
      entries: this.#entries,
      clock: this.#clock,
      work: (handler, options) => this.#work(name, schema, handler, options),
      wake: () => this.#loops.get(name)?.wake(),
    });
  }

  wake(): void {
    for (const loop of this.#loops.values()) loop.wake();
  }

  async whenIdle(): Promise<void> {
    let before: number;
    do {
      before = this.#countRuns();
      await Promise.all([...this.#loops.values()].map((loop) => loop.whenIdle()));
    } while (this.#countRuns() !== before);
  }

  stop(options: StopOptions = {}): Promise<{ readonly unfinished: number }> {
    this.#stopping ??= this.#stop(options.timeoutMs ?? 10_000);
    return this.#stopping;
  }

  async #stop(timeoutMs: number): Promise<{ readonly unfinished: number }> {
    const counts = await Promise.all([...this.#loops.values()].map((loop) => loop.stop(timeoutMs)));
    this.#database.close();
    let unfinished = 0;
    for (const count of counts) unfinished += count;
    return { unfinished };
  }

  #work<Payload>(name: string, schema: z.ZodType<Payload>, handler: Handler<Payload>, options: WorkOptions): void {
    if (this.#stopping !== undefined) throw new QueueStoppedError();
    if (this.#loops.has(name)) throw new QueueError('queue-worker-taken', `Queue "${name}" has a worker already.`);
    const loop = new WorkerLoop({
      queue: name,
      store: this.#leases,
      clock: this.#clock,
      logger: this.#options.logger ?? silentLogger,
      concurrency: options.concurrency ?? 1,
      leaseMs: options.leaseMs ?? 30_000,
      maxIdleMs: this.#options.maxIdleMs ?? 1000,
      run: toRunner(name, schema, handler),
    });
    this.#loops.set(name, loop);
    loop.start();
  }

  #countRuns(): number {
    let count = 0;
    for (const loop of this.#loops.values()) count += loop.startedRuns;
    return count;
  }
}
