import { setTimeout as sleepUnheard } from 'node:timers/promises';
import type { Clock } from '../../shared/clock.ts';
import { AppError, toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { isPassing } from '../../shared/postgres-errors.ts';
import type { PostgresHandle } from '../../shared/postgres-handle.ts';

export interface LeaseOptions {
  /** What is held: one process at a time has the lease of a name. */
  readonly name: string;
  /** Names the process in the table, for people. */
  readonly owner: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds for which it lasts without being renewed; default 10,000. */
  readonly leaseMs?: number;
  /** Called once where it is not free, before it is waited for. */
  readonly onStandby?: () => void;
  /** Called once, when it is lost: another process may begin, so this one must do nothing more. */
  readonly onLost: (reason: string) => void;
}

const DEFAULT_LEASE_MS = 10_000;
/** How often a process that waits asks for it. */
const ASK_MS = 1_000;
/** How long it waits for the answer: a connection may have fallen silent, and the next one not. */
const ANSWER_MS = 3_000;
const TOO_LATE = 'it could not be renewed in time';

/**
 * The right of one process to act, held in the database by the server's clock and renewed every fifth of its time. It
 * counts as lost when it was not renewed for two thirds of that, so that whoever holds it stops before the next one may
 * begin.
 */
export class PostgresLease {
  readonly #database: PostgresHandle;
  readonly #options: LeaseOptions;
  readonly #leaseMs: number;
  /** Milliseconds without being renewed after which it counts as lost. */
  readonly #limitMs: number;
  readonly #table: string;
  readonly #stopped = new AbortController();
  #epoch = '';
  /** By the monotonic clock, from before the server was asked. */
  #renewedAt = 0;
  #isOver = false;
  #isLost = false;
  #renewing: Promise<void> = Promise.resolve();

  private constructor(database: PostgresHandle, options: LeaseOptions) {
    this.#database = database;
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
    this.#limitMs = (this.#leaseMs * 2) / 3;
    this.#table = `${database.schema}.leases`;
  }

  /**
   * Waits until the lease is free, and takes it, also through times in which the server cannot be reached. Rejects with
   * the signal's reason when that is aborted first.
   */
  static async take(database: PostgresHandle, options: LeaseOptions, signal?: AbortSignal): Promise<PostgresLease> {
    const lease = new PostgresLease(database, options);
    for (let asked = 1; !(await lease.#tryToTake()); asked += 1) {
      if (asked === 1) {
        options.logger.info({ lease: options.name }, 'Another process is at work; this one stands by.');
        options.onStandby?.();
      }
      await options.clock.sleep(ASK_MS, signal);
    }
    options.logger.info({ lease: options.name, epoch: lease.#epoch }, 'This process is at work.');
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
    await this.#renewing;
    if (wasOver) return;
    const sql = `UPDATE ${this.#table} SET ends_at = now() WHERE name = $1 AND epoch = $2`;
    // What the server does not answer in time is free anyway when the lease has ended.
    await within(this.#database.query(sql, [this.#options.name, this.#epoch]), ANSWER_MS);
  }

  async #tryToTake(): Promise<boolean> {
    const askedAt = this.#options.clock.monotonicMs();
    try {
      const epoch = await within(this.#ask(), ANSWER_MS);
      if (epoch === undefined) return false;
      this.#epoch = epoch;
      this.#renewedAt = askedAt;
      return true;
    } catch (thrown) {
      if (!isPassing(thrown) && !isLate(thrown)) throw thrown;
      this.#options.logger.warn({ reason: toErrorMessage(thrown) }, 'The right to work could not be asked for.');
      return false;
    }
  }

  /** Resolves with the epoch where it was free. What is taken and never heard of is free again when it has ended. */
  async #ask(): Promise<string | undefined> {
    const { name, owner } = this.#options;
    const sql = `INSERT INTO ${this.#table} AS held (name, owner, ends_at) VALUES ($1, $2, now() + $3 * interval '1 ms')
      ON CONFLICT (name) DO UPDATE SET owner = $2, ends_at = now() + $3 * interval '1 ms', epoch = held.epoch + 1
      WHERE held.ends_at <= now() RETURNING epoch`;
    const [row] = await this.#database.query(sql, [name, owner, this.#leaseMs]);
    return row === undefined ? undefined : String(row['epoch']);
  }

  async #renewUntilOver(): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#isOver) {
      const leftMs = this.#renewedAt + this.#limitMs - clock.monotonicMs();
      await clock.sleep(Math.min(this.#leaseMs / 5, leftMs), this.#stopped.signal).catch(() => undefined);
      if (this.#isOver) return;
      try {
        if (!(await this.#renewInTime())) return this.#lose('another process has taken over');
      } catch (thrown) {
        logger.warn({ reason: toErrorMessage(thrown) }, 'The right to work could not be renewed; trying again.');
      }
      if (clock.monotonicMs() - this.#renewedAt >= this.#limitMs) return this.#lose(TOO_LATE);
    }
  }

  /** Whether it is still ours. Rejects where the server does not answer before the lease counts as lost. */
  async #renewInTime(): Promise<boolean> {
    const { name, clock } = this.#options;
    const askedAt = clock.monotonicMs();
    const sql = `UPDATE ${this.#table} SET ends_at = now() + $3 * interval '1 ms'
      WHERE name = $1 AND epoch = $2 RETURNING epoch`;
    const renewed = this.#database.query(sql, [name, this.#epoch, this.#leaseMs]);
    const rows = await within(renewed, this.#renewedAt + this.#limitMs - askedAt);
    if (rows.length > 0) this.#renewedAt = askedAt;
    return rows.length > 0;
  }

  /**
   * A process that was asleep acts on no reply that came meanwhile: what it stores precedes all it does.
   * @throws AppError where another process may be at work
   */
  check(): void {
    if (!this.#isOver && this.#options.clock.monotonicMs() - this.#renewedAt >= this.#limitMs) this.#lose(TOO_LATE);
    if (this.#isLost) throw new AppError('lease-lost', 'Another process may be at work.');
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
