import type { Clock } from '../../shared/clock.ts';
import { ClockSteps } from '../../shared/clock-steps.ts';
import { toWholeMs } from '../planned-entry.ts';
import { type Outcome, type Settleable, type Settlement, settle } from '../settlement.ts';
import type { Lease, LeaseRequest, LeaseStore } from '../worker-loop.ts';
import { isHolderGone, toLeaseToken } from './lease-owner.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { SqliteEntries } from './sqlite-entries.ts';
import { Row } from './sqlite-schema.ts';
import { toLeaseStatements } from './sqlite-statements.ts';

/** Milliseconds between two looks for ended entries that may go. */
const PURGE_EVERY_MS = 10_000;

export interface SqliteLeasesOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds for which done entries can still be seen. */
  readonly keepDoneMs: number;
  /** Milliseconds for which failed entries can still be seen. */
  readonly keepFailedMs: number;
}

/** Hands out entries for a limited time and records what became of them. */
export class SqliteLeases implements LeaseStore {
  readonly #database: SqliteDatabase;
  readonly #entries: SqliteEntries;
  readonly #options: SqliteLeasesOptions;
  readonly #sql: ReturnType<typeof toLeaseStatements>;
  readonly #steps: ClockSteps;
  /** Whether the clock was set back and the entries were not brought forward yet. */
  #isBehind = false;
  /** By the monotonic clock. */
  #nextPurgeAt = Number.NEGATIVE_INFINITY;

  constructor(database: SqliteDatabase, entries: SqliteEntries, options: SqliteLeasesOptions) {
    this.#database = database;
    this.#entries = entries;
    this.#options = options;
    this.#sql = toLeaseStatements(database);
    this.#steps = new ClockSteps(options.clock);
  }

  async lease(queue: string, { max, leaseMs, passedOver }: LeaseRequest): Promise<readonly Lease[]> {
    await this.#followClock();
    await this.#purge();
    const others = JSON.stringify(passedOver);
    const hasDue = await this.#database.read(() => this.#sql.hasDue.get(queue, this.#options.clock.now(), others));
    if (hasDue === undefined) return [];
    return this.#database.write(() => {
      const now = this.#options.clock.now();
      return this.#sql.due.all(queue, now, others, max).map((row) => this.#leaseRow(Row.parse(row), now, leaseMs));
    });
  }

  /** Makes what a process held that was killed on this machine due at once, instead of when its lease ends. */
  async releaseOfTheGone(): Promise<void> {
    await this.#database.write(() => {
      const now = this.#options.clock.now();
      for (const row of this.#sql.held.all()) {
        const token = String(row['lease_token']);
        if (isHolderGone(token)) this.#sql.expire.run(now, token);
      }
    });
  }

  /**
   * Makes due what would be due too late because the clock was set back since: nothing waits longer than
   * it was asked to.
   */
  async catchUpWithClock(): Promise<void> {
    await this.#database.write(() => {
      const now = this.#options.clock.now();
      for (const sql of [this.#sql.bringForward, this.#sql.restartLeases, this.#sql.restartKept]) sql.run({ now });
    });
  }

  async #followClock(): Promise<void> {
    if (this.#steps.take() < 0) this.#isBehind = true;
    if (!this.#isBehind) return;
    await this.catchUpWithClock();
    this.#isBehind = false;
  }

  renew(leases: readonly Lease[], leaseMs: number): Promise<ReadonlySet<string>> {
    return this.#database.write(() => {
      const now = this.#options.clock.now();
      const isLost = (lease: Lease) => this.#sql.renew.run(now + leaseMs, now, lease.id, lease.token).changes === 0;
      return new Set(leases.filter(isLost).map((lease) => lease.token));
    });
  }

  settle(lease: Lease, outcome: Outcome): Promise<boolean> {
    return this.#database.write(() => {
      const found = this.#sql.leased.get(lease.id, lease.token);
      if (found === undefined) return false;
      const row = Row.parse(found);
      const now = this.#options.clock.now();
      const recoveries = outcome.kind === 'postponed' ? row.recoveries : 0;
      this.#store({ ...row, recoveries }, settle(toSettleable(row), outcome, now, this.#options.random()), now);
      return true;
    });
  }

  nextDueAt(queue: string): Promise<number | undefined> {
    return this.#database.read(() => {
      const row = this.#sql.nextDue.get(queue);
      return row === undefined ? undefined : Number(row['due_at']);
    });
  }

  #leaseRow(row: Row, now: number, leaseMs: number): Lease {
    const recovered = row.state === 'active';
    const recoveries = row.recoveries + (recovered ? 1 : 0);
    const token = toLeaseToken();
    this.#sql.lease.run({ id: row.id, token, now, leaseEndsAt: now + leaseMs, recoveries });
    return {
      id: row.id,
      token,
      payload: row.payload,
      key: row.key ?? undefined,
      group: row.group_name ?? undefined,
      tenant: row.tenant ?? undefined,
      attempts: row.attempts,
      maxAttempts: row.max_attempts ?? Number.POSITIVE_INFINITY,
      recoveries,
      recovered,
      isTick: row.tick_every_ms !== null,
      addedAt: row.added_at,
    };
  }

  #store(row: Row, settlement: Settlement, now: number): void {
    const { attempts, lastError = null } = settlement;
    if (settlement.state === 'waiting') {
      const { runAt, tickBaseAt = null } = settlement;
      const { id, recoveries } = row;
      this.#sql.reschedule.run({ id, now, runAt: toWholeMs(runAt), attempts, recoveries, lastError, tickBaseAt });
      return;
    }
    const { keepDoneMs, keepFailedMs } = this.#options;
    const keepMs = Math.max(row.keep_key_ms, settlement.state === 'done' ? keepDoneMs : keepFailedMs);
    if (keepMs > 0) {
      this.#sql.end.run({ id: row.id, state: settlement.state, attempts, lastError, now, purgeAt: now + keepMs });
    } else {
      this.#sql.remove.run(row.id);
    }
    if (row.group_name !== null) this.#entries.promoteHead(row.queue, row.group_name);
  }

  async #purge(): Promise<void> {
    const { clock } = this.#options;
    const purgedAt = clock.monotonicMs();
    if (purgedAt < this.#nextPurgeAt) return;
    this.#nextPurgeAt = purgedAt + PURGE_EVERY_MS;
    const now = clock.now();
    const hasPurgeable = await this.#database.read(() => this.#sql.hasPurgeable.get(now));
    if (hasPurgeable === undefined) return;
    const { changes } = await this.#database.write(() => this.#sql.purge.run(now));
    if (Number(changes) === 500) this.#nextPurgeAt = purgedAt;
  }
}

function toSettleable(row: Row): Settleable {
  const tick =
    row.tick_every_ms === null
      ? {}
      : {
          tick: {
            everyMs: row.tick_every_ms,
            jitterMs: row.tick_jitter_ms,
            baseAt: row.tick_base_at ?? row.run_at,
          },
        };
  return {
    attempts: row.attempts,
    maxAttempts: row.max_attempts ?? Number.POSITIVE_INFINITY,
    backoff: { baseMs: row.backoff_base_ms, maxMs: row.backoff_max_ms, jitter: row.backoff_jitter },
    ...tick,
  };
}
