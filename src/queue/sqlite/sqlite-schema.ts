import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { EntryState, EntryView } from '../contract.ts';

/**
 * `due_at` is what picking goes by: the time a head is due, or an active entry's lease ends; NULL for entries that
 * ended or wait behind their group's head. `set_at` is when `run_at`, or the lease, was set. `purge_at` is set when
 * an entry has ended.
 */
export const QUEUE_DDL = `
CREATE TABLE IF NOT EXISTS queue_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  queue TEXT NOT NULL,
  key TEXT,
  group_name TEXT,
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'active', 'done', 'failed')),
  run_at INTEGER NOT NULL,
  set_at INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER,
  backoff_base_ms INTEGER NOT NULL,
  backoff_max_ms INTEGER NOT NULL,
  backoff_jitter REAL NOT NULL,
  recoveries INTEGER NOT NULL DEFAULT 0,
  lease_token TEXT,
  last_error TEXT,
  added_at INTEGER NOT NULL,
  ended_at INTEGER,
  keep_key_ms INTEGER NOT NULL DEFAULT 0,
  purge_at INTEGER,
  tick_every_ms INTEGER,
  tick_jitter_ms INTEGER NOT NULL DEFAULT 0,
  tick_base_at INTEGER,
  is_cancelled INTEGER NOT NULL DEFAULT 0,
  tenant TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS queue_entries_key ON queue_entries (queue, key) WHERE key IS NOT NULL;
CREATE INDEX IF NOT EXISTS queue_entries_due ON queue_entries (queue, due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS queue_entries_group ON queue_entries (queue, group_name, id)
  WHERE group_name IS NOT NULL AND ended_at IS NULL;
CREATE INDEX IF NOT EXISTS queue_entries_state ON queue_entries (queue, state, run_at, id);
CREATE INDEX IF NOT EXISTS queue_entries_newest ON queue_entries (queue, id);
CREATE INDEX IF NOT EXISTS queue_entries_purge ON queue_entries (purge_at) WHERE purge_at IS NOT NULL;
`;

const ADDED_COLUMNS = [
  ['set_at', 'INTEGER NOT NULL DEFAULT 0'],
  ['tenant', 'TEXT'],
] as const;

/** Adds what files of earlier versions do not have. */
export function addMissingColumns(database: Pick<DatabaseSync, 'prepare'>): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('queue_entries')").all();
  for (const [name, type] of ADDED_COLUMNS) {
    if (columns.some((column) => column['name'] === name)) continue;
    database.prepare(`ALTER TABLE queue_entries ADD COLUMN ${name} ${type}`).run();
  }
}

/** One row of `queue_entries`. */
export const Row = z.object({
  id: z.number(),
  queue: z.string(),
  key: z.string().nullable(),
  group_name: z.string().nullable(),
  payload: z.string(),
  state: z.enum(['waiting', 'active', 'done', 'failed']),
  run_at: z.number(),
  set_at: z.number(),
  due_at: z.number().nullable(),
  attempts: z.number(),
  max_attempts: z.number().nullable(),
  backoff_base_ms: z.number(),
  backoff_max_ms: z.number(),
  backoff_jitter: z.number(),
  recoveries: z.number(),
  lease_token: z.string().nullable(),
  last_error: z.string().nullable(),
  added_at: z.number(),
  ended_at: z.number().nullable(),
  keep_key_ms: z.number(),
  purge_at: z.number().nullable(),
  tick_every_ms: z.number().nullable(),
  tick_jitter_ms: z.number(),
  tick_base_at: z.number().nullable(),
  is_cancelled: z.number(),
  tenant: z.string().nullable(),
});
export type Row = z.infer<typeof Row>;

export function toEntryView(row: Row, now: number): EntryView {
  return {
    ...(row.key === null ? {} : { key: row.key }),
    ...(row.group_name === null ? {} : { group: row.group_name }),
    state: toEntryState(row, now),
    payload: parsePayload(row.payload),
    attempts: row.attempts,
    recoveries: row.recoveries,
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    runAt: row.run_at,
    addedAt: row.added_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  };
}

function toEntryState(row: Row, now: number): EntryState {
  return row.state === 'waiting' && row.run_at > now ? 'delayed' : row.state;
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
