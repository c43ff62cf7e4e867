import { setImmediate } from 'node:timers/promises';
import { toBackoffMs } from '../shared/backoff.ts';
import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { Pause } from './pause.ts';
import { QueueError } from './queue-errors.ts';
import type { Outcome } from './settlement.ts';
import { type HeldByTenant, TenantTurns } from './tenant-turns.ts';

/** How long a store in trouble is left alone. */
const TROUBLE = { firstMs: 250, maxMs: 30_000 };

/** One entry that this process may handle until its lease ends. */
export interface Lease {
  readonly id: string | number;
  /** Differs for every lease ever given. */
  readonly token: string;
  /** JSON. */
  readonly payload: string;
  readonly key: string | undefined;
  readonly group: string | undefined;
  readonly tenant: string | undefined;
  /** Failed attempts so far. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** Runs that vanished in a row before this one. */
  readonly recoveries: number;
  /** Whether the lease before this one ended without an outcome. */
  readonly recovered: boolean;
  readonly isTick: boolean;
  readonly addedAt: number;
}

/** Which entries a worker wants, and for how long. */
export interface LeaseRequest {
  /** How many at most. */
  readonly max: number;
  readonly leaseMs: number;
  /** Nothing is known to have changed: what was read for another queue at most `maxIdleMs` ago will do. */
  readonly isPoll: boolean;
  /** Tenants whose entries are left where they are. */
  readonly passedOver: readonly string[];
}

/** What a worker needs of an engine. Every method may reject; what it did not do is asked for again. */
export interface LeaseStore {
  /** Leases due entries, longest due first. */
  lease(queue: string, wanted: LeaseRequest): Promise<readonly Lease[]>;
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
  readonly #runs = new Map<Lease['id'], Run>();
  readonly #pause: Pause;
  readonly #heartPause: Pause;
  readonly #turns: TenantTurns;
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
    this.#turns = new TenantTurns(options.clock, options.maxIdleMs);
  }

  /** How many runs were ever started. */
  get startedRuns(): number {
    return this.#startedRuns;
  }

  start(): void {
    this.#looping = this.#loop();
  }

  /** Looks for due entries now: some may have been added. */
  wake(): void {
    this.#turns.expectOthers();
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
    this.#reportIdle();
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
    const isPoll = !this.#pause.isWoken;
    this.#pause.forgetWakes();
    const free = concurrency - this.#runs.size;
    const askedAt = clock.monotonicMs();
    const held = this.#countHeld();
    const passedOver = this.#turns.passedOver(held, free);
    const max = Math.min(free, this.#turns.toMost(held, free, passedOver));
    const leases = free > 0 ? await store.lease(queue, { max, leaseMs, isPoll, passedOver }) : [];
    for (const lease of leases) this.#startRun(lease, askedAt + leaseMs);
    this.#turns.note(leases.map(({ tenant }) => tenant));
    if (this.#runs.size >= concurrency) return this.#pause.restUntilWoken(maxIdleMs);
    if (leases.length > 0 || this.#turns.beginRound()) return;
    const dueAt = await store.nextDueAt(queue);
    const dueInMs = dueAt === undefined ? maxIdleMs : dueAt - clock.now();
    if (this.#runs.size === 0 && dueInMs > 0 && !this.#pause.isWoken) this.#reportIdle();
    // What is due already is of those who were passed over: it is their turn when a run ends.
    const isHeldBack = dueInMs <= 0 && passedOver.length > 0;
    await this.#pause.restUntilWoken(isHeldBack ? maxIdleMs : Math.min(maxIdleMs, dueInMs));
  }

  #countHeld(): HeldByTenant {
    const held = new Map<string, number>();
    for (const { lease } of this.#runs.values()) {
      if (lease.tenant !== undefined) held.set(lease.tenant, (held.get(lease.tenant) ?? 0) + 1);
    }
    return held;
  }

  #startRun(lease: Lease, expiresAt: number): void {
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
    if (outcome.kind === 'invalid') this.#reportInvalid(run.lease, outcome.error);
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
    this.#pause.wake();
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
    const askedAt = clock.monotonicMs();
    try {
      const lost = await store.renew(leases, leaseMs);
      for (const [index, run] of runs.entries()) {
        if (run.lease !== leases[index]) continue;
        run.expiresAt = lost.has(run.lease.token) ? Number.NEGATIVE_INFINITY : askedAt + leaseMs;
      }
    } catch (error) {
      this.#warn(error, 'Leases could not be renewed.');
    }
    for (const run of this.#runs.values()) {
      if (run.expiresAt <= clock.monotonicMs()) run.leaseLost.abort();
    }
  }

  #reportIdle(): void {
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #reportInvalid({ key }: Lease, reason: string): void {
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
