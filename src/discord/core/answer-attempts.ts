import { RateLimitError } from 'discord.js';
import { type Clock, DONE } from '../../shared/clock.ts';
import { isInteractionOver, isPayloadFault, toDiscordCode } from './discord-errors.ts';
import { isUploadTimeout } from './time-limit.ts';

/** One way of sending something until Discord has taken it. */
export interface AttemptPlan {
  /** Milliseconds between the attempts; one attempt more than there are pauses. */
  readonly pausesMs: readonly number[];
  /** Milliseconds for the first attempt, and for each later one. */
  readonly limitsMs?: readonly [first: number, later: number];
}

/**
 * For the first answer, due within 3 seconds; an answer that is late is asked for again, as the second attempt tells
 * what became of the first.
 */
export const FIRST_ANSWER: AttemptPlan = { pausesMs: [50, 250, 700, 1_500], limitsMs: [1_500, 5_000] };
/** For what may come within 15 minutes. */
export const LATER_ANSWER: AttemptPlan = { pausesMs: [250, 1_000, 3_000] };

/** Unknown message or webhook: it is not there, and will not be. */
const GONE = new Set([10008, 10015]);

/** Sends until Discord answers with success or with a refusal that stays one; rejects with the last failure. */
export async function attempt<T>(
  plan: AttemptPlan,
  clock: Clock,
  send: (signal: AbortSignal, round: number) => Promise<T>,
): Promise<T> {
  for (let round = 0; ; round += 1) {
    try {
      const limitMs = plan.limitsMs?.[round === 0 ? 0 : 1];
      return await within(limitMs, clock, (signal) => send(signal, round));
    } catch (thrown) {
      const pauseMs = plan.pausesMs[round];
      if (pauseMs === undefined || isRefusedForGood(thrown)) throw thrown;
      await clock.sleep(pauseMs);
    }
  }
}

async function within<T>(
  limitMs: number | undefined,
  clock: Clock,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  if (limitMs === undefined) return send(late.signal);
  const done = new AbortController();
  clock.sleep(limitMs, done.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    return await send(late.signal);
  } finally {
    done.abort(DONE);
  }
}

/**
 * Whether sending the same again cannot help: Discord knows what it refuses, or says how long it will, or the line is
 * too slow for it.
 */
function isRefusedForGood(thrown: unknown): boolean {
  if (thrown instanceof RateLimitError || isInteractionOver(thrown) || isPayloadFault(thrown)) return true;
  if (isUploadTimeout(thrown)) return true;
  const code = toDiscordCode(thrown);
  return code !== undefined && GONE.has(code);
}
