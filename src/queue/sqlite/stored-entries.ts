import type { DatabaseSync } from 'node:sqlite';
import type { z } from 'zod';
import { Row } from './sqlite-schema.ts';

const BATCH = 500;

/** Files of version 0.2 have no tenants. */
const StoredEntry = Row.pick({
  id: true,
  queue: true,
  key: true,
  group_name: true,
  payload: true,
  state: true,
  run_at: true,
  attempts: true,
  max_attempts: true,
  backoff_base_ms: true,
  backoff_max_ms: true,
  backoff_jitter: true,
  last_error: true,
  ended_at: true,
  keep_key_ms: true,
}).extend({ tenant: Row.shape.tenant.optional() });

/** An entry as it lies in a file. */
export type StoredEntry = z.infer<typeof StoredEntry>;

/**
 * What a file's queue still needs, in the order in which it was added: entries that have not ended, and ended ones
 * whose key is taken still. Ticks are left out, for they are made anew at each start.
 * @param now Epoch milliseconds.
 */
export function* readStoredEntries(file: DatabaseSync, now: number): Generator<readonly StoredEntry[]> {
  const page = file.prepare(`SELECT * FROM queue_entries WHERE id > ? AND tick_every_ms IS NULL
    AND (ended_at IS NULL OR (key IS NOT NULL AND ended_at + keep_key_ms > ?)) ORDER BY id LIMIT ${BATCH}`);
  for (let after = 0; ; ) {
    const rows = page.all(after, now).map((row) => StoredEntry.parse(row));
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.id;
  }
}
