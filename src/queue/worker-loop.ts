import { setImmediate } from 'node:timers/promises';
import { toBackoffMs } from '../shared/backoff.ts';
import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { Pause } from './pause.ts';
import { QueueError } from './queue-errors.ts';
import type { Outcome } from './settlement.ts';

/** How long a store in trouble is left alone. */
const TROUBLE = { firstMs: 250, maxMs: 30_000 };

/** One entry that this process may handle until its lease ends. */
export interface Lease {
  readonly id: number;
  /** Differs for every lease ever given. */
  readonly token: string;
  /** JSON. */
  readonly payload: string;
  readonly key: string | undefined;
  readonly group: string | undefined;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly recoveries: number;
  /** Whether the lease before this one ended without an outcome. */
  readonly recovered: boolean;
  /** Whether it was cancelled while that lease ran: its handler must not run again. */
  readonly isCancelled: boolean;
  readonly addedAt: number;
}

/** What a worker needs of an engine. Every method may reject; what it did not do is asked for again. */
export interface LeaseStore {
  /** Leases up to `max` due entries, longest due first. */
  lease(queue: string, max: number, leaseMs: number): Promise<readonly Lease[]>;
  /** Prolongs leases to `leaseMs` from now; returns the tokens of those that are lost. */
  renew(leases: readonly Lease[], leaseMs: number): Promise<ReadonlySet<string>>;
  /** Records what a run came to; `false` when the lease was lost, which changes nothing. */
  settle(lease: Lease, outcome: Outcome): Promise<boolean>;
  /** Epoch milliseconds; `undefined` when nothing will ever be due. */
  nextDueAt(queue: string): Promise<number | undefined>;
}

export interface WorkerLoopOptions {
  readonly queue: string;
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly concurrency: number;
  readonly leaseMs: number;
  /** Milliseconds after which the store is asked again although nothing is known to be due: others may have added. */
  readonly maxIdleMs: number;
  /** Runs the handler; never rejects. */
  run(lease: Lease, leaseLostSignal: AbortSignal): Promise<Outcome>;
}

interface Run {
  lease: Lease;
  /** By the monotonic clock. */
  expiresAt: number;
  readonly leaseLost: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Leases due entries and runs their handler: cannot overlap with itself, cannot die of an error,
 * wakes early, stops cleanly.
 */
export class WorkerLoop {
  readonly #options: WorkerLoopOptions;
  readonly #runs = new Map<number, Run>();
  readonly #pause: Pause;
  readonly #heartPause: Pause;
  #idleWaiters: (() => void)[] = [];
  #looping: Promise<void> = Promise.resolve();
  #isBeating = false;
  #isStopping = false;
  #isClosed = false;
  #startedRuns = 0;

  constructor(options: WorkerLoopOptions) {
    this.#options = options;
    this.#pause = new Pause(options.clock);
    this.#heartPause = new Pause(options.clock);
  }

  /** How many runs were ever started. */
  get startedRuns(): number {
    return this.#startedRuns;
  }

  start(): void {
    this.#looping = this.#loop();
  }

  wake(): void {
    this.#pause.wake();
  }

  /** Resolves when the loop rests, with no run going on and nothing due. */
  whenIdle(): Promise<void> {
    if (this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idleWaiters.push(resolve);
      this.wake();
    });
  }

  /** Leases nothing new and waits for runs; says how many did not end in time. */
  async stop(timeoutMs: number): Promise<number> {
    this.#isStopping = true;
    this.#pause.close();
    const timeout = new Pause(this.#options.clock);
    await Promise.race([this.#drain(), timeout.rest(timeoutMs)]);
    timeout.close();
    this.#isClosed = true;
    this.#heartPause.close();
    for (const run of this.#runs.values()) run.leaseLost.abort();
    this.#tellIdle();
    return this.#runs.size;
  }

  async #drain(): Promise<void> {
    await this.#looping;
    await Promise.all([...this.#runs.values()].map((run) => run.ended));
  }

  async #loop(): Promise<void> {
    let failures = 0;
    while (!this.#isStopping) {
      try {
        await this.#round();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!this.#isStopping) this.#warn(error, 'The queue could not be read; trying again.');
        await this.#pause.rest(toBackoffMs(TROUBLE, failures));
      }
      await setImmediate();
    }
  }

  async #round(): Promise<void> {
    const { store, queue, concurrency, leaseMs, maxIdleMs, clock } = this.#options;
    this.#pause.forgetWakes();
    const free = concurrency - this.#runs.size;
    const leases = free > 0 ? await store.lease(queue, free, leaseMs) : [];
    for (const lease of leases) this.#startRun(lease);
    if (this.#runs.size >= concurrency) return this.#pause.restUntilWoken(maxIdleMs);
    if (leases.length > 0) return;
    const dueAt = await store.nextDueAt(queue);
    const dueInMs = dueAt === undefined ? maxIdleMs : dueAt - clock.now();
    if (this.#runs.size === 0 && dueInMs > 0 && !this.#pause.isWoken) this.#tellIdle();
    await this.#pause.restUntilWoken(Math.min(maxIdleMs, dueInMs));
  }

  #startRun(lease: Lease): void {
    const expiresAt = this.#options.clock.monotonicMs() + this.#options.leaseMs;
    const going = this.#runs.get(lease.id);
    if (going !== undefined && lease.recovered) {
      // Its lease ran out while the store was out of reach: the run that is still going keeps the entry.
      going.lease = lease;
      going.expiresAt = expiresAt;
      return;
    }
    this.#startedRuns += 1;
    const leaseLost = new AbortController();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const run: Run = { lease, expiresAt, leaseLost, ended };
    this.#runs.set(lease.id, run);
    if (!this.#isBeating) void this.#beat();
    void this.#run(run).finally(resolve);
  }

  async #run(run: Run): Promise<void> {
    const outcome = await this.#options.run(run.lease, run.leaseLost.signal);
    if (outcome.kind === 'invalid') this.#tellInvalid(run.lease, outcome.error);
    for (let failures = 1; !this.#isClosed; failures += 1) {
      try {
        const isSettled = await this.#options.store.settle(run.lease, outcome);
        if (!isSettled)
          this.#warn(undefined, 'An entry was handled, but its lease had been lost; the outcome is dropped.');
        break;
      } catch (error) {
        this.#warn(error, 'The outcome of an entry could not be stored; trying again.');
        await this.#heartPause.rest(toBackoffMs(TROUBLE, failures));
      }
    }
    if (this.#isClosed) return;
    if (this.#runs.get(run.lease.id) === run) this.#runs.delete(run.lease.id);
    this.wake();
  }

  /** Renews leases as long as anything runs. */
  async #beat(): Promise<void> {
    this.#isBeating = true;
    while (this.#runs.size > 0 && !this.#isClosed) {
      await this.#heartPause.rest(this.#options.leaseMs / 3);
      if (this.#runs.size > 0 && !this.#isClosed) await this.#renewAll();
    }
    this.#isBeating = false;
  }

  async #renewAll(): Promise<void> {
    const { store, leaseMs, clock } = this.#options;
    const runs = [...this.#runs.values()];
    const leases = runs.map((run) => run.lease);
    try {
      const lost = await store.renew(leases, leaseMs);
      for (const [index, run] of runs.entries()) {
        if (run.lease !== leases[index]) continue;
        run.expiresAt = lost.has(run.lease.token) ? Number.NEGATIVE_INFINITY : clock.monotonicMs() + leaseMs;
      }
    } catch (error) {
      this.#warn(error, 'Leases could not be renewed.');
    }
    for (const run of this.#runs.values()) {
      if (run.expiresAt <= clock.monotonicMs()) run.leaseLost.abort();
    }
  }

  #tellIdle(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const tell of waiters) tell();
  }

  #tellInvalid({ key }: Lease, reason: string): void {
    const { queue, logger } = this.#options;
    logger.error({ queue, key, reason }, 'An entry of the queue cannot be handled; it was given up.');
  }

  #warn(error: unknown, message: string): void {
    const fields = error === undefined ? {} : { reason: toErrorMessage(error), ...toCode(error) };
    this.#options.logger.warn({ queue: this.#options.queue, ...fields }, message);
  }
}

function toCode(error: unknown): { readonly code?: string } {
  return error instanceof QueueError ? { code: error.code } : {};
}
