import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { NamedQueue, NewEntry, Queue } from '../queue/contract.ts';
import { endMovedEntries } from '../queue/pgboss/moved-entries.ts';
import { openPgbossQueue } from '../queue/pgboss/pgboss-queue.ts';
import { readStoredEntries, type StoredEntry } from '../queue/sqlite/stored-entries.ts';
import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { PostgresHandle } from '../shared/postgres-handle.ts';
import { asPostgresTransaction, type PostgresTransaction } from '../shared/postgres-transaction.ts';
import { moveDocuments } from '../storage/move-documents.ts';
import { openPostgresStore } from '../storage/postgres/postgres-store.ts';

export interface MoveOptions {
  /** The SQLite file, which nobody else has open. */
  readonly file: DatabaseSync;
  readonly database: PostgresHandle;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Moved {
  readonly documents: number;
  readonly entries: number;
}

type AnyQueue = NamedQueue<unknown, unknown>;

/**
 * Moves all that a SQLite store and its queue hold into a PostgreSQL database, in one transaction: all of it or
 * nothing. The file stays as it is. @throws AppError `move-target-full`, `move-target-busy`
 */
export async function moveStore({ file, database, clock, logger }: MoveOptions): Promise<Moved> {
  const store = await openPostgresStore(database, { clock, logger });
  const queue = await openPgbossQueue(database, { clock, logger });
  try {
    await requireIdle(database);
    await requireEmpty(database);
    const queues = new Map<string, AnyQueue>();
    return await store.transaction(async (transaction) => {
      const ours = asPostgresTransaction(transaction, database);
      if (ours === undefined) throw new TypeError('The store gave a transaction of another database');
      const moved = { documents: 0 };
      ours.stage(async (querier) => {
        moved.documents = await moveDocuments(file, querier, database.schema);
      });
      const entries = stageEntries({ file, ours, queue, queues, database, now: clock.now() });
      return {
        entries,
        get documents() {
          return moved.documents;
        },
      };
    });
  } finally {
    await queue.stop();
    await store.close();
  }
}

interface Staging {
  readonly file: DatabaseSync;
  readonly ours: PostgresTransaction;
  readonly queue: Queue;
  readonly queues: Map<string, AnyQueue>;
  readonly database: PostgresHandle;
  readonly now: number;
}

/** Returns how many entries will be there. */
function stageEntries({ file, ours, queue, queues, database, now }: Staging): number {
  let count = 0;
  for (const page of readStoredEntries(file, now)) {
    for (const [name, rows] of Map.groupBy(page, ({ queue: of }) => of)) {
      const target = queues.get(name) ?? queue.define(name, z.unknown());
      queues.set(name, target);
      target.addWithin(
        ours,
        rows.map((row) => toNewEntry(row, now)),
      );
      const ended = rows.flatMap((row) => toEnded(row, now));
      if (ended.length > 0) ours.stage((querier) => endMovedEntries(querier, `${database.schema}_queue`, name, ended));
    }
    count += page.length;
  }
  return count;
}

function toNewEntry(row: StoredEntry, now: number): NewEntry<unknown> {
  return {
    payload: JSON.parse(row.payload),
    ...compact({ key: row.key ?? undefined, group: row.group_name ?? undefined, tenant: row.tenant ?? undefined }),
    keepKeyMs: row.keep_key_ms,
    delayMs: row.ended_at === null ? Math.max(0, row.run_at - now) : 0,
    maxAttempts: row.max_attempts === null ? Number.POSITIVE_INFINITY : Math.max(1, row.max_attempts - row.attempts),
    backoff: { baseMs: row.backoff_base_ms, maxMs: row.backoff_max_ms, jitter: row.backoff_jitter },
  };
}

function toEnded({ key, ended_at: endedAt, state, attempts, last_error: lastError }: StoredEntry, now: number) {
  if (endedAt === null || key === null) return [];
  const failure = state === 'failed' ? { attempts, lastError: lastError ?? 'unknown' } : undefined;
  return [{ key, endedAgoMs: Math.max(0, now - endedAt), ...compact({ failure }) }];
}

async function requireIdle(database: PostgresHandle): Promise<void> {
  const held = await database.read(`SELECT owner FROM ${database.schema}.leases WHERE ends_at > now()`);
  if (held.length === 0) return;
  throw new AppError('move-target-busy', 'A bot is at work on the target. Stop it first.');
}

async function requireEmpty(database: PostgresHandle): Promise<void> {
  const { schema } = database;
  const sql = `SELECT EXISTS (SELECT FROM ${schema}.documents) OR EXISTS (SELECT FROM ${schema}_queue.job) AS is_full`;
  const [row] = await database.read(sql);
  if (row?.['is_full'] !== true) return;
  const todo = 'Name an empty database, or another schema by `?schema=`.';
  throw new AppError('move-target-full', `The target holds data already. ${todo}`);
}
