import type { JobAttempt, JobWithMetadata, PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { compact } from '../../shared/compact.ts';
import type { Querier } from '../../shared/postgres-handle.ts';
import { toWholeMs } from '../planned-entry.ts';
import { type Outcome, type Settlement, settle } from '../settlement.ts';
import type { Lease, LeaseRequest, LeaseStore } from '../worker-loop.ts';
import { type BossDatabase, toDb } from './boss-database.ts';
import { countRecoveries, Envelope, toSettleable } from './boss-envelope.ts';
import { type BossQueues, toLeaseSeconds } from './boss-queues.ts';
import { BossRow } from './boss-row.ts';
import type { BossStatements } from './boss-statements.ts';
import { DoneBatches } from './done-batches.ts';
import type { BossDue, DueBoard } from './due-board.ts';
import type { EndedJobs } from './ended-jobs.ts';

/** Milliseconds after which something due is looked for again that another process was about to take. */
const TAKEN_RETRY_MS = 100;

/** What pg-boss returns of a call that changes jobs; its types do not say. */
const Changed = z.object({ settled: z.array(z.string()) });

/** A lease as pg-boss knows it. */
interface Held {
  readonly name: string;
  /** Names the claim: whoever was too late changes nothing. */
  readonly attempt: JobAttempt;
  readonly envelope: Envelope;
}

export interface BossLeasesParts {
  readonly boss: PgBoss;
  readonly database: BossDatabase;
  readonly queues: BossQueues;
  readonly sql: BossStatements;
  readonly board: DueBoard;
  readonly ended: EndedJobs;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Hands out entries for a limited time and records what became of them. */
export class BossLeases implements LeaseStore {
  readonly #parts: BossLeasesParts;
  readonly #done: DoneBatches;
  readonly #held = new WeakMap<Lease, Held>();

  constructor(parts: BossLeasesParts) {
    this.#parts = parts;
    this.#done = new DoneBatches(async (name, attempts) => {
      const { boss, database } = parts;
      return Changed.parse(await database.orSay(() => boss.complete(name, [...attempts]))).settled;
    });
  }

  async lease(queue: string, { max, leaseMs, isPoll, passedOver }: LeaseRequest): Promise<readonly Lease[]> {
    const { queues, board, ended } = this.#parts;
    await queues.ensure(queue);
    const seconds = toLeaseSeconds(leaseMs);
    await queues.setLease(queue, seconds);
    await ended.purge(queues.names);
    const due = (await board.look(queue, isPoll)).toSorted((a, b) => a.dueAt - b.dueAt);
    const leases: Lease[] = [];
    for (const one of due) {
      if (leases.length < max) {
        const wanted = { max: max - leases.length, passedOver };
        leases.push(...(await this.#leaseOf(one, wanted, seconds)));
      }
    }
    if (leases.length > 0) board.forget(queue);
    return leases;
  }

  async renew(leases: readonly Lease[]): Promise<ReadonlySet<string>> {
    const { boss, database } = this.#parts;
    const lost = new Set(leases.map(({ token }) => token));
    const held = leases.flatMap((lease) => {
      const known = this.#held.get(lease);
      return known === undefined ? [] : [{ ...known, token: lease.token }];
    });
    for (const [name, ofName] of Map.groupBy(held, (one) => one.name)) {
      const attempts = ofName.map(({ attempt }) => attempt);
      const { settled } = Changed.parse(await database.orSay(() => boss.touch(name, attempts)));
      for (const { token, attempt } of ofName) if (settled.includes(attempt.id)) lost.delete(token);
    }
    return lost;
  }

  /**
   * Those that are done at the same time are one statement; anything else reads what may have been changed meanwhile,
   * such as a tick.
   */
  async settle(lease: Lease, outcome: Outcome): Promise<boolean> {
    const { database } = this.#parts;
    const held = this.#held.get(lease);
    if (held === undefined) return false;
    if (outcome.kind === 'done' && held.envelope.tick === undefined) {
      return this.#done.end(held.name, held.attempt);
    }
    return database.transact((querier) => this.#settleWithin(querier, held, outcome), 'READ COMMITTED');
  }

  /** By the process's clock, at which what is due at the server's is due. */
  async nextDueAt(queue: string): Promise<number | undefined> {
    const { board, clock } = this.#parts;
    const dueAt = await board.nextDueAt(queue);
    return Number.isFinite(dueAt) ? clock.now() + dueAt - clock.monotonicMs() : undefined;
  }

  async #leaseOf(
    { name, dueAt, lapsesAt }: BossDue,
    { max, passedOver }: Pick<LeaseRequest, 'max' | 'passedOver'>,
    seconds: number,
  ): Promise<readonly Lease[]> {
    const { boss, database, board, clock } = this.#parts;
    const now = clock.monotonicMs();
    if (lapsesAt <= now) await this.#recoverSilent(name);
    if (Math.min(dueAt, lapsesAt) > now) return [];
    const options = { batchSize: max, includeMetadata: true as const, ignoreGroups: [...passedOver] };
    const jobs = await database.orSay(() => boss.fetch<unknown>(name, options));
    if (jobs.length === 0) board.putOff(name, TAKEN_RETRY_MS);
    await this.#setLeases(name, jobs, seconds);
    return jobs.toSorted(byAge).map((job) => this.#toLease(name, job));
  }

  /** A lease is as long as its holder says, whatever it was when the job was added. */
  async #setLeases(name: string, jobs: readonly JobWithMetadata<unknown>[], seconds: number): Promise<void> {
    const others = jobs.filter((job) => job.heartbeatSeconds !== seconds).map(({ id }) => id);
    if (others.length > 0) await this.#parts.database.query(this.#parts.sql.setLease, [name, others, seconds]);
  }

  /** Makes due what was leased by a process that fell silent. */
  async #recoverSilent(name: string): Promise<void> {
    const { boss, database, sql } = this.#parts;
    await database.transact(async (querier) => {
      const rows = await querier.query(sql.lapsed, [name]);
      const attempts = rows.map((row) => ({ id: String(row['id']), retryCount: Number(row['retry_count']) }));
      if (attempts.length > 0) await boss.fail(name, attempts, null, { db: toDb(querier) });
    }, 'READ COMMITTED');
  }

  #toLease(name: string, job: JobWithMetadata<unknown>): Lease {
    const { id, retryCount } = job;
    const envelope = Envelope.parse(job.data);
    const recoveries = countRecoveries(envelope, retryCount);
    const lease = {
      id,
      token: `${id}:${retryCount}`,
      payload: envelope.payload,
      key: envelope.key,
      group: envelope.group,
      tenant: envelope.tenant,
      attempts: envelope.attempts,
      maxAttempts: envelope.maxAttempts ?? Number.POSITIVE_INFINITY,
      recoveries,
      recovered: recoveries > envelope.recoveries,
      isTick: envelope.tick !== undefined,
      addedAt: job.createdOn.getTime(),
    };
    this.#held.set(lease, { name, attempt: { id, retryCount }, envelope });
    return lease;
  }

  async #settleWithin(querier: Querier, { name, attempt }: Held, outcome: Outcome): Promise<boolean> {
    const { boss, sql, random } = this.#parts;
    const [found] = await querier.query(sql.held, [name, attempt.id, attempt.retryCount]);
    if (found === undefined) return false;
    const row = BossRow.parse(found);
    const settlement = settle(toSettleable(row.data, row.added_at), outcome, row.now, random());
    const db = toDb(querier);
    if (settlement.state === 'waiting') {
      await boss.fail(name, attempt, null, { db });
      const startAfter = new Date(toWholeMs(settlement.runAt));
      const next = toNextEnvelope(row, settlement, outcome.kind === 'postponed');
      await boss.update(name, next, { id: attempt.id, startAfter, db });
      return true;
    }
    const { attempts, lastError = '' } = settlement;
    await boss.complete(name, attempt, settlement.state === 'done' ? null : { attempts, lastError }, { db });
    return true;
  }
}

function toNextEnvelope(
  { data, retry_count: retryCount }: BossRow,
  settlement: Extract<Settlement, { state: 'waiting' }>,
  isPostponed: boolean,
): Envelope {
  const { lastError: _, tick, ...rest } = data;
  const { attempts, lastError, tickBaseAt } = settlement;
  return {
    ...rest,
    attempts,
    ...(isPostponed
      ? { settles: data.settles + 1, recoveries: countRecoveries(data, retryCount) }
      : { settles: retryCount + 1, recoveries: 0 }),
    ...compact({ lastError, tick: tick && { ...tick, ...compact({ baseAt: tickBaseAt ?? tick.baseAt }) } }),
  };
}

function byAge(a: JobWithMetadata<unknown>, b: JobWithMetadata<unknown>): number {
  return a.createdOn.getTime() - b.createdOn.getTime() || (a.id < b.id ? -1 : 1);
}
