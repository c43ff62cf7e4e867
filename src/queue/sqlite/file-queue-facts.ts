import type { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { QueueFacts } from '../contract.ts';

const Counts = z.object({
  due: z.number(),
  failed: z.number(),
  oldest: z.number().nullable(),
  tick: z.number().nullable(),
});

/** Looks at the queue in a file, and changes nothing; undefined where there is none yet. Throws what SQLite throws. */
export function readFileQueue(file: Pick<DatabaseSync, 'prepare'>, now: number): QueueFacts | undefined {
  const table = file.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'queue_entries'").get();
  if (table === undefined) return undefined;
  const sql = `SELECT count(*) FILTER (WHERE state = 'waiting' AND due_at <= $now) AS due,
    min(due_at) FILTER (WHERE state = 'waiting' AND due_at <= $now) AS oldest,
    min(due_at) FILTER (WHERE state = 'waiting' AND due_at <= $now AND queue = 'poll') AS tick,
    count(*) FILTER (WHERE state = 'failed') AS failed FROM queue_entries`;
  const { due, failed, oldest, tick } = Counts.parse(file.prepare(sql).get({ $now: now }));
  const late = {
    ...(oldest !== null && { oldestDueMs: now - oldest }),
    ...(tick !== null && { tickLateMs: now - tick }),
  };
  return { due, failed, ...late };
}
