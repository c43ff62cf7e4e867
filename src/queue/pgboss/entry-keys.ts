import type { PgBoss } from 'pg-boss';
import type { Querier } from '../../shared/postgres-handle.ts';
import { toDb } from './boss-database.ts';
import { listBossNames } from './boss-queues.ts';
import type { BossStatements } from './boss-statements.ts';

export interface KeyClaim {
  readonly key: string;
  /** The entry that is to have the key. */
  readonly id: string;
}

/** Which entry has which key: pg-boss's own keys order jobs, and do not outlast them. */
export class EntryKeys {
  readonly #boss: PgBoss;
  readonly #sql: BossStatements;

  constructor(boss: PgBoss, sql: BossStatements) {
    this.#boss = boss;
    this.#sql = sql;
  }

  /**
   * Takes keys for new entries; returns those that were free, or became so: their earlier entry is removed.
   * @param isKept Whether an entry that has ended may still keep its key.
   */
  async take(
    querier: Querier,
    queue: string,
    claims: readonly KeyClaim[],
    isKept: boolean,
  ): Promise<ReadonlySet<string>> {
    if (claims.length === 0) return new Set();
    const taken = await querier.query(this.#sql.takeNewKeys, [queue, ...toColumns(claims)]);
    const keys = new Set(taken.map((row) => String(row['key'])));
    const others = claims.filter(({ key }) => !keys.has(key));
    if (others.length === 0) return keys;
    for (const key of await this.#takeOver(querier, queue, others, isKept)) keys.add(key);
    return keys;
  }

  /** In two statements: the second sees what whoever held the key's lock has committed. */
  async #takeOver(querier: Querier, queue: string, claims: readonly KeyClaim[], isKept: boolean): Promise<string[]> {
    const names = listBossNames(queue);
    const [keys, ids] = toColumns(claims);
    const before = await querier.query(this.#sql.lockKeys, [queue, keys]);
    const taken = await querier.query(this.#sql.takeOverKeys, [queue, keys, ids, names, isKept]);
    const takenKeys = taken.map((row) => String(row['key']));
    const ended = before.filter((row) => takenKeys.includes(String(row['key']))).map((row) => String(row['entry_id']));
    if (ended.length > 0) {
      for (const name of names) await this.#boss.deleteJob(name, ended, { db: toDb(querier) });
    }
    return takenKeys;
  }
}

function toColumns(claims: readonly KeyClaim[]): readonly [keys: string[], ids: string[]] {
  return [claims.map(({ key }) => key), claims.map(({ id }) => id)];
}
