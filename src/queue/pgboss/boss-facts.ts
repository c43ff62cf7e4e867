import { z } from 'zod';
import type { PostgresHandle } from '../../shared/postgres-handle.ts';
import type { QueueFacts } from '../contract.ts';

const Counts = z.object({
  due: z.number(),
  failed: z.number(),
  oldest: z.coerce.number().nullable(),
  tick: z.coerce.number().nullable(),
});

/**
 * Looks at the queue in a database, and changes nothing; undefined where there is none yet. Rejects with what `pg`
 * throws.
 */
export async function readBossFacts(database: PostgresHandle): Promise<QueueFacts | undefined> {
  const table = `${database.schema}_queue.job`;
  const [place] = await database.read('SELECT to_regclass($1) IS NOT NULL AS is_there', [table]);
  if (place?.['is_there'] !== true) return undefined;
  const isDue = `state IN ('created', 'retry') AND NOT blocked AND start_after <= now()`;
  const late = (isMeant: string) => `extract(epoch FROM now() - min(start_after) FILTER (WHERE ${isMeant})) * 1000`;
  const sql = `SELECT count(*) FILTER (WHERE ${isDue})::int AS due, ${late(isDue)} AS oldest,
    ${late(`${isDue} AND name = 'poll'`)} AS tick,
    count(*) FILTER (WHERE state = 'completed' AND output IS NOT NULL)::int AS failed FROM ${table}`;
  const [row] = await database.read(sql);
  const { due, failed, oldest, tick } = Counts.parse(row);
  return { due, failed, ...(oldest !== null && { oldestDueMs: oldest }), ...(tick !== null && { tickLateMs: tick }) };
}
