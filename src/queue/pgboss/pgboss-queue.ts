import type { PgBoss } from 'pg-boss';
import bossPackage from 'pg-boss/package.json' with { type: 'json' };
import { type Clock, systemClock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { type Logger, silentLogger } from '../../shared/logger.ts';
import type { PostgresHandle } from '../../shared/postgres-handle.ts';
import type { Queue } from '../contract.ts';
import { WorkerQueue } from '../worker-queue.ts';
import { BossDatabase } from './boss-database.ts';
import { BossEntries } from './boss-entries.ts';
import { BossLeases } from './boss-leases.ts';
import { BossQueues } from './boss-queues.ts';
import { type BossStatements, toBossStatements } from './boss-statements.ts';
import { DueBoard } from './due-board.ts';
import { EndedJobs } from './ended-jobs.ts';
import { EntryInserts } from './entry-inserts.ts';
import { EntryKeys } from './entry-keys.ts';
import { RisingIds } from './rising-ids.ts';

export interface PgbossQueueOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
  /** Milliseconds for which done entries can still be seen; default one hour. */
  readonly keepDoneMs?: number;
  /** Milliseconds for which failed entries can still be seen; default seven days. */
  readonly keepFailedMs?: number;
  /** Milliseconds after which a worker looks for entries that another process added; default 1,000. */
  readonly maxIdleMs?: number;
}

/** Any number that nothing else in the database uses: two processes that start together make our table in turn. */
const LOCK = 4_210_731_006;
/** Pg-boss reads its list of queues that often; nobody else changes it. */
const QUEUE_CACHE_S = 3_600;

/** Whether opening the queue changes no tables that another process may use: pg-boss's are as it needs them, or new. */
export async function isQueueReady(shared: PostgresHandle): Promise<boolean> {
  const table = `${shared.schema}_queue.version`;
  const [place] = await shared.read('SELECT to_regclass($1) IS NOT NULL AS is_there', [table]);
  if (place?.['is_there'] !== true) return true;
  const [row] = await shared.read(`SELECT version FROM ${table}`);
  return Number(row?.['version']) === bossPackage.pgboss.schema;
}

/**
 * Durable work in a PostgreSQL database, by pg-boss. Processes that share the database share the work. What is due when
 * goes by the server's clock. The connections stay open when the queue stops.
 */
export async function openPgbossQueue(shared: PostgresHandle, options: PgbossQueueOptions = {}): Promise<Queue> {
  const { clock = systemClock, logger = silentLogger, random = Math.random, maxIdleMs = 1_000 } = options;
  const { keepDoneMs = 3_600_000, keepFailedMs = 7 * 86_400_000 } = options;
  const database = new BossDatabase(shared);
  const sql = toBossStatements(database.schema);
  const boss = await startBoss(database, sql, logger);
  const queues = await database.orSay(() => BossQueues.load(boss, database));
  const keys = new EntryKeys(boss, sql);
  const inserts = new EntryInserts({ boss, sql, keys, ids: new RisingIds(() => clock.now()) });
  const board = new DueBoard({ database, sql, clock, maxAgeMs: maxIdleMs, onDue: (name) => queue.wakeWorker(name) });
  const ended = new EndedJobs({ boss, database, sql, clock, keepDoneMs, keepFailedMs });
  const queue: WorkerQueue = new WorkerQueue({
    entries: new BossEntries({ database, queues, sql, inserts, keepDoneMs, keepFailedMs }),
    leases: new BossLeases({ boss, database, queues, sql, board, ended, clock, random }),
    clock,
    logger,
    maxIdleMs,
    // What fails now is tried again when the queue is used.
    defined: (name) => void queues.ensure(name).catch(() => undefined),
    async close() {
      database.close();
      await boss.stop({ graceful: false, close: false });
    },
  });
  return queue;
}

/**
 * Loads pg-boss only where it is used; makes or changes its tables, under a lock of its own, and ours beside them. In
 * no transaction that stands still meanwhile: the server would end it.
 */
async function startBoss(database: BossDatabase, sql: BossStatements, logger: Logger): Promise<PgBoss> {
  const { PgBoss } = await import('pg-boss');
  const boss = new PgBoss({
    db: database.db,
    schema: database.schema,
    supervise: false,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    queueCacheIntervalSeconds: QUEUE_CACHE_S,
  });
  boss.on('error', (error) => logger.warn({ reason: toErrorMessage(error) }, 'pg-boss reported an error.'));
  await database.orSay(async () => {
    await boss.start();
    await database.shared.runScript(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); ${sql.ddl}; COMMIT`);
  });
  return boss;
}
