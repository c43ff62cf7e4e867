import { setTimeout as sleepUnheard } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.ts';
import { isDoneWithin } from '../../shared/done-within.ts';
import { AppError, toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { isPassing } from '../../shared/postgres-errors.ts';
import type { PostgresHandle } from '../../shared/postgres-handle.ts';
import { Bell } from './bell.ts';
import { type Asked, type LeaseClaim, LeaseTable } from './lease-table.ts';

export interface LeaseOptions extends Pick<LeaseClaim, 'name' | 'owner'> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds for which it lasts without being renewed; default 10,000. */
  readonly leaseMs?: number;
  /** What the log says when it is taken; default: that the process is at work. */
  readonly saysTaken?: string;
  /** Called once where it is not free, before it is waited for. */
  readonly onStandby?: () => void;
  /** Called once, when it is lost: another process may begin, so this one must do nothing more. */
  readonly onLost: (reason: string) => void;
}

/** Connections for a lease alone: one, and those that are tried beside it while it does not answer. */
export const LEASE_CONNECTIONS = 4;

const DEFAULT_LEASE_MS = 10_000;
/** How often a process that waits asks for it, besides when it ends and when it is given back. */
const ASK_MS = 1_000;
/** By how much the server may count other than we do. */
const SLACK_MS = 10;
/** How long it waits for the answer: a connection may have fallen silent, and the next one not. */
const ANSWER_MS = 3_000;
/** How often it is renewed within its time: one of which the answer is lost keeps everybody waiting so much longer. */
const RENEWALS = 10;
const TOO_LATE = 'it could not be renewed in time';

/**
 * The right of one process to act, held in the database by the server's clock and renewed every tenth of its time. It
 * counts as lost when it was not renewed for two thirds of that, so that whoever holds it stops before the next one may
 * begin.
 */
export class PostgresLease {
  readonly #options: LeaseOptions;
  readonly #leaseMs: number;
  /** Milliseconds without being renewed after which it counts as lost. */
  readonly #limitMs: number;
  readonly #table: LeaseTable;
  readonly #stopped = new AbortController();
  #epoch = '';
  /** By the monotonic clock, from before the server was asked. */
  #renewedAt = 0;
  #isOver = false;
  #isLost = false;
  #renewing: Promise<void> = Promise.resolve();

  private constructor(database: PostgresHandle, options: LeaseOptions) {
    const { name, owner, leaseMs = DEFAULT_LEASE_MS } = options;
    this.#options = options;
    this.#leaseMs = leaseMs;
    this.#limitMs = (leaseMs * 2) / 3;
    this.#table = new LeaseTable(database, { name, owner, leaseMs });
  }

  /**
   * Waits until the lease is free, and takes it, also through times in which the server cannot be reached. Rejects with
   * the signal's reason when that is aborted first.
   */
  static async take(database: PostgresHandle, options: LeaseOptions, signal?: AbortSignal): Promise<PostgresLease> {
    const lease = new PostgresLease(database, options);
    await lease.#waitForTurn(signal);
    const { name, logger, saysTaken = 'This process is at work.' } = options;
    logger.info({ lease: name, epoch: lease.#epoch }, saysTaken);
    lease.#renewing = lease.#renewUntilOver();
    return lease;
  }

  /** How often it has changed hands. */
  get epoch(): string {
    return this.#epoch;
  }

  /** Gives it back, so that another process can begin at once. */
  async release(): Promise<void> {
    const wasOver = this.#isOver;
    this.#isOver = true;
    this.#stopped.abort();
    const isStill = await isDoneWithin(this.#renewing, ANSWER_MS);
    if (wasOver || !isStill) return;
    // What the server does not answer in time, or at all, is free anyway when the lease has ended.
    await within(this.#table.giveBack(this.#epoch), ANSWER_MS).catch(() => undefined);
  }

  async #waitForTurn(signal: AbortSignal | undefined): Promise<void> {
    const { name, clock, logger, onStandby } = this.#options;
    const bell = new Bell((heard, ended) => this.#table.listen(heard, ended), clock);
    try {
      for (let asked = 1; ; asked += 1) {
        const endsInMs = await this.#tryToTake(bell);
        if (endsInMs === undefined) return await this.#keepUnless(signal);
        if (asked === 1) {
          logger.info({ lease: name }, 'Another process is at work; this one stands by.');
          onStandby?.();
        }
        await bell.wait(endsInMs > 0 ? Math.min(ASK_MS, endsInMs + SLACK_MS) : ASK_MS, signal);
      }
    } finally {
      bell.reset();
    }
  }

  /** Gives back what came too late. */
  async #keepUnless(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted !== true) return;
    await within(this.#table.giveBack(this.#epoch), ANSWER_MS).catch(() => undefined);
    throw signal.reason;
  }

  /** Resolves with undefined where it was taken, and otherwise with the milliseconds until it ends, as far as known. */
  async #tryToTake(bell: Bell): Promise<number | undefined> {
    const askedAt = this.#options.clock.monotonicMs();
    const asking = this.#table.take();
    try {
      const asked = await within(asking, ANSWER_MS);
      if ('endsInMs' in asked) return asked.endsInMs;
      this.#epoch = asked.epoch;
      this.#renewedAt = askedAt;
      return undefined;
    } catch (thrown) {
      if (!isPassing(thrown) && !isLate(thrown)) throw thrown;
      this.#options.logger.warn({ reason: toErrorMessage(thrown) }, 'The right to work could not be asked for.');
      bell.reset();
      this.#giveBackUnheard(asking);
      return ASK_MS;
    }
  }

  /** What is taken by an answer that nobody waits for any more would keep everybody waiting until it ends. */
  #giveBackUnheard(asking: Promise<Asked>): void {
    const giveBack = async () => {
      const asked = await asking;
      if ('epoch' in asked) await this.#table.giveBack(asked.epoch);
    };
    void giveBack().catch(() => undefined);
  }

  async #renewUntilOver(): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#isOver) {
      const leftMs = this.#renewedAt + this.#limitMs - clock.monotonicMs();
      await clock.sleep(Math.min(this.#leaseMs / RENEWALS, leftMs), this.#stopped.signal).catch(() => undefined);
      if (this.#isOver) return;
      // One that was asleep for too long renews nothing any more, for that would keep the next one waiting.
      if (this.#isLate) return this.#lose(TOO_LATE);
      try {
        if (!(await this.#renewInTime())) return this.#lose('another process has taken over');
      } catch (thrown) {
        logger.warn({ reason: toErrorMessage(thrown) }, 'The right to work could not be renewed; trying again.');
      }
      if (this.#isLate) return this.#lose(TOO_LATE);
    }
  }

  /** Whether it is still ours. Rejects where the server does not answer before the lease counts as lost. */
  async #renewInTime(): Promise<boolean> {
    const askedAt = this.#options.clock.monotonicMs();
    const renewed = this.#table.renew(this.#epoch);
    const isHeld = await within(renewed, this.#renewedAt + this.#limitMs - askedAt);
    if (isHeld) this.#renewedAt = askedAt;
    return isHeld;
  }

  /**
   * A process that was asleep acts on no reply that came meanwhile: what it stores precedes all it does.
   * @throws AppError where another process may be at work
   */
  check(): void {
    if (!this.#isOver && this.#isLate) this.#lose(TOO_LATE);
    if (this.#isLost) throw new AppError('lease-lost', 'Another process may be at work.');
  }

  /** Whether it was not renewed for so long that another process may begin soon. */
  get #isLate(): boolean {
    return this.#options.clock.monotonicMs() - this.#renewedAt >= this.#limitMs;
  }

  #lose(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isLost = true;
    this.#options.onLost(reason);
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const ended = new AbortController();
  const late = sleepUnheard(Math.max(0, ms), undefined, { signal: ended.signal }).then(() => {
    throw new AppError('lease-late', 'the server did not answer in time');
  });
  late.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
  }
}

function isLate(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === 'lease-late';
}
