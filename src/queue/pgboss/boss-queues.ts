import type { PgBoss } from 'pg-boss';
import type { BossDatabase } from './boss-database.ts';

/** Attempts and waits are ours to count: pg-boss never gives up a job, and deletes none. */
const ENDLESS = {
  retryLimit: 2_147_483_647,
  retryDelay: 0,
  retentionSeconds: 50 * 365 * 86_400,
  deleteAfterSeconds: 0,
  expireInSeconds: 86_400,
} as const;
const DEFAULT_LEASE_S = 30;
/** The least that pg-boss takes. */
const MIN_LEASE_S = 10;

/** How long a lease lasts: whole seconds, ten at least. */
export function toLeaseSeconds(leaseMs: number): number {
  return Math.max(MIN_LEASE_S, Math.ceil(leaseMs / 1_000));
}

/** Our queue as two of pg-boss's: its policy for groups wants a group of every job. */
export interface BossNames {
  readonly alone: string;
  readonly grouped: string;
}

export function toBossNames(queue: string): BossNames {
  return { alone: queue, grouped: `${queue}.groups` };
}

export function listBossNames(queue: string): readonly string[] {
  const { alone, grouped } = toBossNames(queue);
  return [alone, grouped];
}

/** Makes pg-boss's queues where they are not there, and sets how long a lease of theirs lasts. */
export class BossQueues {
  readonly #boss: PgBoss;
  readonly #database: BossDatabase;
  readonly #leaseSeconds = new Map<string, number>();
  readonly #ready = new Map<string, Promise<void>>();

  private constructor(boss: PgBoss, database: BossDatabase) {
    this.#boss = boss;
    this.#database = database;
  }

  static async load(boss: PgBoss, database: BossDatabase): Promise<BossQueues> {
    const queues = new BossQueues(boss, database);
    for (const { name, heartbeatSeconds } of await boss.getQueues()) {
      queues.#leaseSeconds.set(name, heartbeatSeconds ?? 0);
    }
    return queues;
  }

  /** Names of all of pg-boss's queues. */
  get names(): readonly string[] {
    return [...this.#leaseSeconds.keys()];
  }

  /** Resolves when the queue is there; what failed is tried again by the next call. */
  ensure(queue: string): Promise<void> {
    const known = this.#ready.get(queue);
    if (known !== undefined) return known;
    const ready = this.#create(toBossNames(queue));
    this.#ready.set(queue, ready);
    ready.catch(() => this.#ready.delete(queue));
    return ready;
  }

  /** Has what is added from now on leased for so many seconds. */
  async setLease(queue: string, seconds: number): Promise<void> {
    for (const name of listBossNames(queue)) {
      if (this.#leaseSeconds.get(name) === seconds) continue;
      await this.#database.orSay(() => this.#boss.updateQueue(name, { heartbeatSeconds: seconds }));
      this.#leaseSeconds.set(name, seconds);
    }
  }

  async #create({ alone, grouped }: BossNames): Promise<void> {
    await this.#createOne(alone, 'standard');
    await this.#createOne(grouped, 'key_strict_fifo');
  }

  async #createOne(name: string, policy: 'standard' | 'key_strict_fifo'): Promise<void> {
    if (this.#leaseSeconds.has(name)) return;
    const options = { ...ENDLESS, policy, heartbeatSeconds: DEFAULT_LEASE_S };
    await this.#database.orSay(() => this.#boss.createQueue(name, options));
    this.#leaseSeconds.set(name, DEFAULT_LEASE_S);
  }
}
