import type { PostgresHandle } from '../../shared/postgres-handle.ts';

/** Less than from the last sign of life of a process that was killed to when another one may take its place. */
const LEFT_SECONDS = 8;

/**
 * Has what other processes hold come back after so many seconds without a sign of life, however long it was leased for:
 * for a process that is the only one at work. Nothing to do where there is no queue yet.
 */
export async function hastenLeft(database: PostgresHandle): Promise<void> {
  const table = `${database.schema}_queue.job`;
  const [place] = await database.read('SELECT to_regclass($1) IS NOT NULL AS is_there', [table]);
  if (place?.['is_there'] !== true) return;
  const sql = `UPDATE ${table} SET heartbeat_seconds = $1 WHERE state = 'active' AND heartbeat_seconds > $1`;
  await database.query(sql, [LEFT_SECONDS]);
}
