import type { z } from 'zod';
import { toBackoffMs } from '../shared/backoff.ts';
import { toErrorMessage } from '../shared/errors.ts';
import { type Handler, RetryLater } from './contract.ts';
import { QueuePayloadError } from './queue-errors.ts';
import type { Outcome } from './settlement.ts';
import type { Lease } from './worker-loop.ts';

/** Vanished runs in a row after which an entry counts as what kills the process. */
const MAX_RECOVERIES = 100;
/** Vanished runs in a row after which an entry is suspected of that, and waits before it is taken up again. */
const SUSPECT_AFTER = 5;
const PAUSES = { firstMs: 10_000, maxMs: 60_000 };

/**
 * Milliseconds for which an entry waits whose last run vanished, as others did before. A process that is killed again
 * and again takes along whatever it is handling: apart from each other, what is innocent of it comes to its end.
 */
function toSuspectPauseMs({ recovered, recoveries, isTick }: Lease): number {
  return recovered && !isTick ? toBackoffMs(PAUSES, recoveries - SUSPECT_AFTER + 1) : 0;
}

/** Makes what a worker loop runs from a schema and a handler; it turns everything thrown into an outcome. */
export function toRunner<Payload>(queue: string, schema: z.ZodType<Payload>, handler: Handler<Payload>) {
  return async (lease: Lease, leaseLostSignal: AbortSignal): Promise<Outcome> => {
    if (lease.recoveries > MAX_RECOVERIES && !lease.isTick) {
      return { kind: 'invalid', error: `given up: ${MAX_RECOVERIES} runs ended with the process or lost their lease` };
    }
    const pauseMs = toSuspectPauseMs(lease);
    if (pauseMs > 0) return { kind: 'postponed', afterMs: pauseMs, reason: 'the runs before ended with the process' };
    const payload = parsePayload(schema, lease.payload);
    if (!payload.success) return { kind: 'invalid', error: new QueuePayloadError(queue, payload.error).message };
    try {
      const verdict = await handler({
        payload: payload.data,
        key: lease.key,
        group: lease.group,
        attempt: lease.attempts + 1,
        isLastAttempt: lease.attempts + 1 >= lease.maxAttempts,
        recovered: lease.recovered,
        addedAt: lease.addedAt,
        leaseLostSignal,
      });
      return toOutcome(verdict) ?? { kind: 'done' };
    } catch (error) {
      return toOutcome(error) ?? { kind: 'retry', error: toErrorMessage(error) };
    }
  };
}

type Parsed<Payload> =
  | { readonly success: true; readonly data: Payload }
  | { readonly success: false; readonly error: string };

/** Reads a payload from its JSON; the error names the fields and never their values. */
export function parsePayload<Payload>(schema: z.ZodType<Payload>, json: string): Parsed<Payload> {
  try {
    const parsed = schema.safeParse(JSON.parse(json));
    if (parsed.success) return parsed;
    const error = parsed.error.issues
      .map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`)
      .join('; ');
    return { success: false, error };
  } catch {
    return { success: false, error: 'it is not valid JSON' };
  }
}

function toOutcome(verdict: unknown): Outcome | undefined {
  if (verdict instanceof RetryLater) return { kind: 'later', afterMs: verdict.afterMs, reason: verdict.message };
  return undefined;
}
