import { toBackoffMs } from '../shared/backoff.ts';

/**
 * What a run of a handler came to. `invalid` is a payload that no run will ever fit; `postponed` did not run, as runs
 * before it vanished.
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly error: string }
  | { readonly kind: 'later'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'postponed'; readonly afterMs: number; readonly reason: string }
  | { readonly kind: 'invalid'; readonly error: string };

/** What of an entry decides how it goes on. */
export interface Settleable {
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly backoff: { readonly baseMs: number; readonly maxMs: number; readonly jitter: number };
  readonly tick?: { readonly everyMs: number; readonly jitterMs: number; readonly baseAt: number };
}

/** How an entry goes on. Times are epoch milliseconds. */
export type Settlement =
  | { readonly state: 'done' | 'failed'; readonly attempts: number; readonly lastError?: string }
  | {
      readonly state: 'waiting';
      readonly attempts: number;
      readonly runAt: number;
      readonly lastError?: string;
      readonly tickBaseAt?: number;
    };

/**
 * The first tick after `now` on the grid that starts at `baseAt`: missed ticks are skipped, a clock set back
 * does not stall it.
 */
export function toNextTick(
  tick: NonNullable<Settleable['tick']>,
  now: number,
  random: number,
): { readonly baseAt: number; readonly runAt: number } {
  const steps = Math.max(1, Math.floor((now - tick.baseAt) / tick.everyMs) + 1);
  const baseAt = Math.min(tick.baseAt + steps * tick.everyMs, now + tick.everyMs);
  return { baseAt, runAt: baseAt + Math.floor(random * tick.jitterMs) };
}

/** Decides what becomes of an entry after a run with this outcome. */
export function settle(entry: Settleable, outcome: Outcome, now: number, random: number): Settlement {
  if (outcome.kind === 'invalid') return { state: 'failed', attempts: entry.attempts + 1, lastError: outcome.error };
  if (outcome.kind === 'later' || outcome.kind === 'postponed') {
    return { state: 'waiting', attempts: entry.attempts, runAt: now + outcome.afterMs, lastError: outcome.reason };
  }
  if (entry.tick !== undefined) return settleTick(entry, entry.tick, outcome, now, random);
  if (outcome.kind === 'done') return { state: 'done', attempts: entry.attempts };
  const attempts = entry.attempts + 1;
  if (attempts >= entry.maxAttempts) {
    return { state: 'failed', attempts, lastError: outcome.error };
  }
  const { baseMs, maxMs, jitter } = entry.backoff;
  const runAt = now + Math.round(toBackoffMs({ firstMs: baseMs, maxMs, jitter }, attempts, random));
  return { state: 'waiting', attempts, runAt, lastError: outcome.error };
}

function settleTick(
  entry: Settleable,
  tick: NonNullable<Settleable['tick']>,
  outcome: Extract<Outcome, { kind: 'done' | 'retry' }>,
  now: number,
  random: number,
): Settlement {
  const next = toNextTick(tick, now, random);
  const base = { state: 'waiting', runAt: next.runAt, tickBaseAt: next.baseAt } as const;
  if (outcome.kind === 'done') return { ...base, attempts: 0 };
  return { ...base, attempts: entry.attempts + 1, lastError: outcome.error };
}
