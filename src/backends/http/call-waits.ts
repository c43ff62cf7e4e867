import type { CallOptions, ReadOptions } from '../contract.ts';
import type { Wait } from './flights.ts';

/** How long calls of a backend may take where the caller does not say. */
export interface CallDeadlines {
  /** Milliseconds a read may take in total, retries included. Default 10,000. */
  readonly readDeadlineMs?: number;
  /** Milliseconds a write may take in total, waiting for a free slot and a second step included. Default 90,000. */
  readonly writeDeadlineMs?: number;
}

const READ_DEADLINE_MS = 10_000;
const WRITE_DEADLINE_MS = 90_000;

export function toReadWait(
  endpoint: string,
  { signal, deadlineMs, isFresh }: ReadOptions,
  { readDeadlineMs = READ_DEADLINE_MS }: CallDeadlines,
): Wait {
  return { endpoint, signal, isFresh, deadlineMs: deadlineMs ?? readDeadlineMs };
}

export function toWriteWait(
  endpoint: string,
  { signal, deadlineMs }: CallOptions,
  { writeDeadlineMs = WRITE_DEADLINE_MS }: CallDeadlines,
): Wait {
  return { endpoint, signal, deadlineMs: deadlineMs ?? writeDeadlineMs };
}
