import type { PgBoss } from 'pg-boss';
import type { Clock } from '../../shared/clock.ts';
import { type BossDatabase, toDb } from './boss-database.ts';
import type { BossStatements } from './boss-statements.ts';

/** Milliseconds between two looks for entries that have ended and may go. */
const PURGE_EVERY_MS = 300_000;
const BATCH = 500;

export interface EndedJobsParts {
  readonly boss: PgBoss;
  readonly database: BossDatabase;
  readonly sql: BossStatements;
  readonly clock: Clock;
  readonly keepDoneMs: number;
  readonly keepFailedMs: number;
}

/** Removes entries that have ended once nobody needs to see them, nor their keys, any more. */
export class EndedJobs {
  readonly #parts: EndedJobsParts;
  /** By the monotonic clock. */
  #nextPurgeAt = Number.NEGATIVE_INFINITY;

  constructor(parts: EndedJobsParts) {
    this.#parts = parts;
  }

  /** Removes a batch of the given queues of pg-boss, once in a while. */
  async purge(names: readonly string[]): Promise<void> {
    const now = this.#parts.clock.monotonicMs();
    if (now < this.#nextPurgeAt) return;
    this.#nextPurgeAt = now + PURGE_EVERY_MS;
    const removed = await this.#purgeBatch(names);
    if (removed === BATCH) this.#nextPurgeAt = now;
  }

  #purgeBatch(names: readonly string[]): Promise<number> {
    const { boss, database, sql, keepDoneMs, keepFailedMs } = this.#parts;
    return database.transact(async (querier) => {
      const rows = await querier.query(sql.over, [keepDoneMs, keepFailedMs, names]);
      if (rows.length === 0) return 0;
      for (const [name, ofName] of Map.groupBy(rows, (row) => String(row['name']))) {
        const ids = ofName.map((row) => String(row['id']));
        await boss.deleteJob(name, ids, { db: toDb(querier) });
        await querier.query(sql.dropKeys, [ids]);
      }
      return rows.length;
    }, 'READ COMMITTED');
  }
}
