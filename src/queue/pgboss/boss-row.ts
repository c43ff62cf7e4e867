import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import type { EntryState, EntryView } from '../contract.ts';
import { countRecoveries, Envelope, Failure } from './boss-envelope.ts';

/** One of pg-boss's jobs; times are epoch milliseconds by the server's clock. */
export const BossRow = z.object({
  name: z.string(),
  id: z.string(),
  state: z.enum(['created', 'retry', 'active', 'completed', 'cancelled', 'failed']),
  data: Envelope,
  output: Failure.nullable().catch(null),
  retry_count: z.number(),
  start_at: z.number(),
  added_at: z.number(),
  ended_at: z.number().nullable(),
  now: z.number(),
});
export type BossRow = z.infer<typeof BossRow>;

export function toEntryView(row: BossRow): EntryView {
  const { data, output } = row;
  const isDone = row.state === 'completed' && output === null;
  const runAt = Math.floor(row.state === 'created' ? row.added_at + data.delayMs : row.start_at);
  return {
    ...compact({ key: data.key, group: data.group }),
    state: toEntryState(row, runAt),
    payload: parseJson(data.payload),
    attempts: output?.attempts ?? data.attempts,
    recoveries: countRecoveries(data, row.state === 'retry' ? row.retry_count + 1 : row.retry_count),
    ...compact({ lastError: output?.lastError ?? (isDone ? undefined : data.lastError) }),
    runAt,
    addedAt: Math.floor(row.added_at),
    ...compact({ endedAt: row.ended_at === null ? undefined : Math.floor(row.ended_at) }),
  };
}

function toEntryState({ state, output, now }: BossRow, runAt: number): EntryState {
  if (state === 'active') return 'active';
  if (state === 'completed') return output === null ? 'done' : 'failed';
  return runAt > now ? 'delayed' : 'waiting';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
