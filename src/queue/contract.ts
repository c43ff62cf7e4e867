import type { z } from 'zod';
import type { Transaction } from '../shared/transaction.ts';

/** `waiting` is due (or behind its group's head), `delayed` is not due yet; `done` and `failed` have ended. */
export type EntryState = 'waiting' | 'delayed' | 'active' | 'done' | 'failed';

/** Wait before attempt n + 1: `baseMs` doubled n − 1 times, at most `maxMs`, shortened at random by up to `jitter`. */
export interface Backoff {
  /** Milliseconds; default 1,000. */
  readonly baseMs?: number;
  /** Milliseconds; default 300,000. */
  readonly maxMs?: number;
  /** 0 (none) to 1 (anything down to no wait); default 0.5. */
  readonly jitter?: number;
}

export interface AddOptions {
  /** Unique in this queue while its entry has not ended, and for `keepKeyMs` after it. */
  readonly key?: string;
  /** Milliseconds for which the key stays taken after the entry has ended; default 0. */
  readonly keepKeyMs?: number;
  /** Milliseconds before the first attempt; default 0. */
  readonly delayMs?: number;
  /** Attempts that may fail before the entry does; `Infinity` for no end; default 10. */
  readonly maxAttempts?: number;
  readonly backoff?: Backoff;
  /** Entries of one group are handled one at a time in the order they were added; a head that waits holds the group. */
  readonly group?: string;
  /**
   * Whose it is. While tenants wait for the same worker they take turns, and none gets a slot while it holds as many as
   * are free: one alone has half of them, and one that comes finds some. Default: nobody's, which waits for no turn.
   */
  readonly tenant?: string;
}

export type AddResult = 'added' | 'exists';

export interface NewEntry<Input> extends AddOptions {
  readonly payload: Input;
}

export interface RepeatOptions {
  readonly key: string;
  /** Milliseconds from one tick to the next; ticks missed while nothing ran are not made up for. */
  readonly everyMs: number;
  /** Milliseconds, below `everyMs`: each tick comes later at random by up to this much; default 0. */
  readonly jitterMs?: number;
}

/** One entry as its handler gets it. */
export interface HandlerEntry<Payload> {
  readonly payload: Payload;
  readonly key: string | undefined;
  readonly group: string | undefined;
  /** Counts from 1; neither `RetryLater` nor a lost process uses one up. */
  readonly attempt: number;
  /** Whether a failure of this attempt is the entry's end. */
  readonly isLastAttempt: boolean;
  /** Whether the run before this one vanished without an outcome: its process died or lost its lease. */
  readonly recovered: boolean;
  /** Epoch milliseconds. */
  readonly addedAt: number;
  /** Aborted when the lease is lost or `stop` ran out of time: somebody else may handle the entry from here on. */
  readonly leaseLostSignal: AbortSignal;
}

/** Returned or thrown by a handler: try again after `afterMs` milliseconds, without counting this attempt. */
export class RetryLater extends Error {
  readonly afterMs: number;

  constructor(afterMs: number, reason = 'asked to retry later') {
    super(reason);
    this.name = 'RetryLater';
    this.afterMs = afterMs;
  }
}

/** Handles one entry at least once: done when it resolves, tried again when it throws. */
export type Handler<Payload> = (entry: HandlerEntry<Payload>) => Promise<void> | Promise<RetryLater | undefined>;

export interface WorkOptions {
  /** Entries handled at the same time; default 1. */
  readonly concurrency?: number;
  /** Milliseconds after which an entry of a dead process is due again; renewed while a handler runs; default 30,000. */
  readonly leaseMs?: number;
}

/** One entry as people may see it. Times are epoch milliseconds. */
export interface EntryView {
  readonly key?: string;
  readonly group?: string;
  readonly state: EntryState;
  /** As stored, not checked against the schema. */
  readonly payload: unknown;
  /** Failed attempts; of a repeated entry, failed ticks in a row. */
  readonly attempts: number;
  /** Runs that vanished without an outcome, since the last one that came to one. */
  readonly recoveries: number;
  readonly lastError?: string;
  /** When the next (or the last) attempt is (or was) due. */
  readonly runAt: number;
  readonly addedAt: number;
  readonly endedAt?: number;
}

/** How many entries there are in each state. */
export interface QueueStats extends Readonly<Record<EntryState, number>> {
  /** Milliseconds for which the entry waits that has been due longest; undefined where none is due. */
  readonly oldestWaitingMs?: number;
}

/**
 * One kind of durable work. What `add` has acknowledged survives a crash and is handled at least once.
 * Every method rejects with a `QueueError` when the engine cannot read or write.
 */
export interface NamedQueue<Input, Payload> {
  readonly name: string;
  /**
   * Adds one entry; a key that is taken changes nothing. Rejects with `QueuePayloadError` when the payload does
   * not fit the schema.
   */
  add(payload: Input, options?: AddOptions): Promise<AddResult>;
  /** Adds all or none, in this order; one result per entry. */
  addMany(entries: readonly NewEntry<Input>[]): Promise<readonly AddResult[]>;
  /**
   * Adds entries when the transaction of a store commits, or none of them; a key that is taken by then changes nothing.
   * Throws `QueuePayloadError`, and `QueueElsewhereError` where the queue does not lie in the same place as the store.
   */
  addWithin(transaction: Transaction, entries: readonly NewEntry<Input>[]): void;
  /**
   * Keeps one tick alive for ever: first at once, never two at a time. Called again it changes payload and interval,
   * and revives a failed one.
   */
  repeat(payload: Input, options: RepeatOptions): Promise<AddResult>;
  /** Starts handling; once per queue and process. */
  work(handler: Handler<Payload>, options?: WorkOptions): void;
  get(key: string): Promise<EntryView | undefined>;
  stats(): Promise<QueueStats>;
}

export interface StopOptions {
  /** Milliseconds to wait for running handlers; default 10,000. */
  readonly timeoutMs?: number;
}

/** Durable work, shared by every process that opens the same engine. */
export interface Queue {
  /** Names a kind of work and the schema that its payloads must fit, when added and when handled. Once per name. */
  define<Payload, Input>(name: string, schema: z.ZodType<Payload, Input>): NamedQueue<Input, Payload>;
  /** Makes every worker look for due entries now. */
  wake(): void;
  /** Resolves when no handler runs and nothing is due. */
  whenIdle(): Promise<void>;
  /**
   * Takes nothing new, waits for running handlers, closes; says how many handlers had not finished (their
   * entries are recovered later).
   */
  stop(options?: StopOptions): Promise<{ readonly unfinished: number }>;
}

/** What waits in a queue that is looked at from outside, beside a bot that may be at work on it; milliseconds. */
export interface QueueFacts {
  readonly due: number;
  readonly failed: number;
  readonly oldestDueMs?: number;
  /** For how long the next look at the API has been due, where that is known. */
  readonly tickLateMs?: number;
}
