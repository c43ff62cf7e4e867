import { compact } from '../shared/compact.ts';
import type { Transaction } from '../shared/transaction.ts';
import type { AddOptions, AddResult, EntryView, QueueStats, RepeatOptions } from './contract.ts';

/** An entry as an engine adds it: its payload as JSON, every option a whole, finite number. */
export interface PlannedEntry {
  readonly payload: string;
  readonly key?: string;
  readonly group?: string;
  readonly tenant?: string;
  readonly delayMs: number;
  readonly keepKeyMs: number;
  /** `Infinity` for no end. */
  readonly maxAttempts: number;
  readonly backoff: { readonly baseMs: number; readonly maxMs: number; readonly jitter: number };
}

/** What an engine does with entries, handling them apart. Payloads are JSON that was checked. */
export interface EntryStore {
  /** Adds all or none, in this order; one result per entry. */
  add(queue: string, entries: readonly PlannedEntry[]): Promise<readonly AddResult[]>;
  /**
   * Adds entries when the transaction commits, and calls `committed` then. Throws `QueueElsewhereError` where it is
   * of another place.
   */
  addWithin(transaction: Transaction, queue: string, entries: readonly PlannedEntry[], committed: () => void): void;
  repeat(queue: string, payload: string, options: RepeatOptions): Promise<AddResult>;
  get(queue: string, key: string): Promise<EntryView | undefined>;
  stats(queue: string): Promise<QueueStats>;
}

export function toPlannedEntry(payload: string, options: AddOptions): PlannedEntry {
  const { key, group, tenant, delayMs = 0, keepKeyMs = 0, maxAttempts = 10, backoff = {} } = options;
  const { baseMs = 1_000, maxMs = 300_000, jitter = 0.5 } = backoff;
  return {
    payload,
    ...compact({ key, group, tenant }),
    delayMs: toWholeMs(delayMs),
    keepKeyMs: toWholeMs(keepKeyMs),
    maxAttempts: Number.isFinite(maxAttempts) ? Math.max(1, Math.floor(maxAttempts)) : Number.POSITIVE_INFINITY,
    backoff: { baseMs: toWholeMs(baseMs), maxMs: toWholeMs(maxMs), jitter: Math.min(1, Math.max(0, jitter)) },
  };
}

/** Whole, finite milliseconds, as databases keep them. */
export function toWholeMs(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), Number.MAX_SAFE_INTEGER / 4)) || 0;
}
