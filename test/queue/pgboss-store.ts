import type { Queue } from '../../src/queue/contract.ts';
import { openPgbossQueue, type PgbossQueueOptions } from '../../src/queue/pgboss/pgboss-queue.ts';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { type Isolation, PostgresHandle, type Querier, type Row } from '../../src/shared/postgres-handle.ts';
import { createPostgresPlace } from '../postgres.ts';
import type { ClockFollower } from './queue-clock.ts';
import { type QueueEngine, START_AT } from './queue-world.ts';

const MAX_CONNECTIONS = 4;

/** Connections that know whether anything is under way on them. */
class CountingHandle extends PostgresHandle {
  /** Calls that were made; a transaction is one. */
  calls = 0;
  #underWay = 0;
  #isBusy = false;
  /** Resolves when nothing is under way any more. */
  #ended = Promise.withResolvers<void>();

  constructor(url: string) {
    super({ url, clock: systemClock, logger: silentLogger, maxConnections: MAX_CONNECTIONS });
  }

  /** Whether anything was under way since this was asked. */
  async whenQuiet(): Promise<boolean> {
    while (this.#underWay > 0) await this.#ended.promise;
    const wasBusy = this.#isBusy;
    this.#isBusy = false;
    return wasBusy;
  }

  override query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]> {
    return this.#count(() => super.query(sql, values));
  }

  override read(sql: string, values?: readonly unknown[]): Promise<readonly Row[]> {
    return this.#count(() => super.read(sql, values));
  }

  override runScript(sql: string): Promise<readonly Row[]> {
    return this.#count(() => super.runScript(sql));
  }

  override transact<T>(work: (querier: Querier) => Promise<T>, isolation?: Isolation): Promise<T> {
    return this.#count(() => super.transact(work, isolation));
  }

  async #count<T>(act: () => Promise<T>): Promise<T> {
    this.calls += 1;
    this.#underWay += 1;
    this.#isBusy = true;
    try {
      return await act();
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#noteEnd();
    }
  }

  #noteEnd(): void {
    this.#ended.resolve();
    this.#ended = Promise.withResolvers();
  }
}

/** A schema of its own whose time a test sets; each `open` is another process. */
export class PgbossPlace implements ClockFollower {
  readonly #place = createPostgresPlace();
  readonly #own: CountingHandle;
  #opened: CountingHandle[] = [];

  private constructor() {
    this.#own = new CountingHandle(this.#place.url);
  }

  static async create(): Promise<PgbossPlace> {
    const place = new PgbossPlace();
    await place.#install();
    return place;
  }

  get url(): string {
    return this.#place.url;
  }

  /** Statements and transactions that all processes have asked for. */
  get calls(): number {
    return this.#opened.reduce((sum, { calls }) => sum + calls, 0);
  }

  open(clock: Clock, options: PgbossQueueOptions = {}): Promise<Queue> {
    const handle = new CountingHandle(this.#place.url);
    this.#opened.push(handle);
    return openPgbossQueue(handle, { clock, ...options });
  }

  async countKeys(): Promise<number> {
    const [row] = await this.#own.read(`SELECT count(*)::int AS keys FROM ${this.#schema}.entry_keys`);
    return Number(row?.['keys']);
  }

  async setTime(now: number): Promise<void> {
    await this.#own.query(`UPDATE ${this.#schema}.test_clock SET now = ${toTime(now)}`);
  }

  async whenQuiet(): Promise<boolean> {
    const wereBusy = await Promise.all(this.#opened.map((handle) => handle.whenQuiet()));
    return wereBusy.includes(true);
  }

  /** Ends all processes, and makes the place as good as new, which is faster than a new one. */
  async clear(): Promise<void> {
    for (const handle of this.#opened) await handle.close();
    this.#opened = [];
    await this.#own.runScript(`TRUNCATE ${this.#schema}.job, ${this.#schema}.entry_keys;
      DELETE FROM ${this.#schema}.queue`);
    await this.setTime(START_AT);
  }

  async destroy(): Promise<void> {
    for (const handle of [this.#own, ...this.#opened]) await handle.close();
    await this.#place.destroy();
  }

  get #schema(): string {
    return `${this.#own.schema}_queue`;
  }

  /** Makes pg-boss's tables, and its clock one that stands still. */
  async #install(): Promise<void> {
    const queue = await openPgbossQueue(this.#own);
    await queue.stop();
    await this.#own.runScript(`CREATE TABLE ${this.#schema}.test_clock (now timestamptz NOT NULL);
      INSERT INTO ${this.#schema}.test_clock VALUES (${toTime(START_AT)});
      CREATE OR REPLACE FUNCTION ${this.#schema}.job_now() RETURNS timestamptz
        AS 'SELECT now FROM ${this.#schema}.test_clock' LANGUAGE sql STABLE`);
  }
}

/** One place for all tests that ask for one: each begins as if it was new. */
export function createPgbossEngine(): QueueEngine {
  let place: PgbossPlace | undefined;
  return {
    async createStore() {
      place ??= await PgbossPlace.create();
      const store = place;
      return {
        open: (clock, options) => store.open(clock, options),
        destroy: () => store.clear(),
        follower: store,
      };
    },
    async end() {
      await place?.destroy();
    },
  };
}

function toTime(now: number): string {
  return `timestamptz 'epoch' + ${now} * interval '1 ms'`;
}
