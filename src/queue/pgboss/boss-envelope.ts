import { z } from 'zod';
import { compact } from '../../shared/compact.ts';
import type { PlannedEntry } from '../planned-entry.ts';
import type { Settleable } from '../settlement.ts';

const Tick = z.object({
  everyMs: z.number(),
  jitterMs: z.number(),
  /** Epoch milliseconds by the server's clock; missing before the first tick: the grid begins when it was added. */
  baseAt: z.number().optional(),
});

const Fields = z.object({
  /** JSON as a text: `jsonb` does not take every text that JSON may hold. */
  payload: z.string(),
  key: z.string().optional(),
  group: z.string().optional(),
  tenant: z.string().optional(),
  delayMs: z.number(),
  keepKeyMs: z.number(),
  /** Null for no end. */
  maxAttempts: z.number().nullable(),
  backoff: z.object({ baseMs: z.number(), maxMs: z.number(), jitter: z.number() }),
  attempts: z.number(),
  /** Claims that count for nothing any more: those until the last run that came to an outcome, and postponements. */
  settles: z.number(),
  /** Runs that had vanished in a row when it was postponed last. */
  recoveries: z.number(),
  lastError: z.string().optional(),
  tick: Tick.optional(),
});

/** What a job of pg-boss carries of our entry. */
export type Envelope = z.infer<typeof Fields>;

const NEW = { attempts: 0, settles: 0, recoveries: 0 } as const;
const NO_BACKOFF = { baseMs: 0, maxMs: 0, jitter: 0 } as const;

/** What cannot be read is an entry whose payload is no JSON, which is given up and blocks nothing. */
export const Envelope = Fields.catch({
  ...NEW,
  payload: '',
  delayMs: 0,
  keepKeyMs: 0,
  maxAttempts: 1,
  backoff: NO_BACKOFF,
});

/** What a job that has ended says of it; a job that is done says nothing. */
export const Failure = z.object({ attempts: z.number(), lastError: z.string() });

export function toEnvelope({ maxAttempts, ...entry }: PlannedEntry): Envelope {
  return { ...NEW, ...entry, maxAttempts: Number.isFinite(maxAttempts) ? maxAttempts : null };
}

export function toTickEnvelope(payload: string, key: string, tick: NonNullable<Envelope['tick']>): Envelope {
  return { ...NEW, payload, key, tick, delayMs: 0, keepKeyMs: 0, maxAttempts: null, backoff: NO_BACKOFF };
}

/** @param addedAt Epoch milliseconds by the server's clock. */
export function toSettleable({ attempts, maxAttempts, backoff, tick }: Envelope, addedAt: number): Settleable {
  return {
    attempts,
    maxAttempts: maxAttempts ?? Number.POSITIVE_INFINITY,
    backoff,
    ...compact({ tick: tick && { ...tick, baseAt: tick.baseAt ?? addedAt } }),
  };
}

/**
 * Runs that vanished in a row before the one that a job was claimed for: the other claims since the last outcome.
 * @param retryCount Claims before that one.
 */
export function countRecoveries({ settles }: Envelope, retryCount: number): number {
  return Math.max(0, retryCount - settles);
}
