import type { JobInsert, PgBoss } from 'pg-boss';
import type { Querier } from '../../shared/postgres-handle.ts';
import type { AddResult } from '../contract.ts';
import type { PlannedEntry } from '../planned-entry.ts';
import { toDb } from './boss-database.ts';
import { type Envelope, toEnvelope } from './boss-envelope.ts';
import { toBossNames } from './boss-queues.ts';
import type { BossStatements } from './boss-statements.ts';
import type { EntryKeys } from './entry-keys.ts';
import type { RisingIds } from './rising-ids.ts';

interface NewJob {
  readonly id: string;
  readonly entry: PlannedEntry;
}

export interface EntryInsertsParts {
  readonly boss: PgBoss;
  readonly sql: BossStatements;
  readonly keys: EntryKeys;
  readonly ids: RisingIds;
}

/** Adds entries within a transaction. */
export class EntryInserts {
  readonly #parts: EntryInsertsParts;

  constructor(parts: EntryInsertsParts) {
    this.#parts = parts;
  }

  async insert(querier: Querier, queue: string, entries: readonly PlannedEntry[]): Promise<readonly AddResult[]> {
    const jobs = entries.map((entry) => ({ id: this.#parts.ids.next(), entry }));
    const added = await this.#takeKeys(querier, queue, jobs);
    const { alone, grouped } = toBossNames(queue);
    await this.#send(querier, alone, added.filter(({ entry }) => entry.group === undefined).map(toAlone));
    const inGroups = added.filter(({ entry }) => entry.group !== undefined);
    await this.#send(querier, grouped, await this.#queueUp(querier, grouped, inGroups));
    return jobs.map((job) => (added.includes(job) ? 'added' : 'exists'));
  }

  /** Adds a tick unless its key's entry lives; returns whether it did. */
  async insertTick(querier: Querier, queue: string, envelope: Envelope & { readonly key: string }): Promise<boolean> {
    const claim = { key: envelope.key, id: this.#parts.ids.next() };
    const taken = await this.#parts.keys.take(querier, queue, [claim], false);
    if (taken.size === 0) return false;
    await this.#send(querier, toBossNames(queue).alone, [{ id: claim.id, data: envelope }]);
    return true;
  }

  /** Those without a key, and the first of each key that is free. */
  async #takeKeys(querier: Querier, queue: string, jobs: readonly NewJob[]): Promise<readonly NewJob[]> {
    const firsts = new Map<string, string>();
    for (const { id, entry } of jobs) {
      if (entry.key !== undefined && !firsts.has(entry.key)) firsts.set(entry.key, id);
    }
    const claims = Array.from(firsts, ([key, id]) => ({ key, id }));
    const taken = await this.#parts.keys.take(querier, queue, claims, true);
    return jobs.filter(({ id, entry: { key } }) => key === undefined || (taken.has(key) && firsts.get(key) === id));
  }

  /**
   * A job that is not due yet holds up none behind it at pg-boss: so none is due before the one before it in its group.
   */
  async #queueUp(querier: Querier, name: string, jobs: readonly NewJob[]): Promise<readonly JobInsert[]> {
    if (jobs.length === 0) return [];
    const groups = [...new Set(jobs.map(({ entry }) => entry.group))];
    const tails = await querier.query(this.#parts.sql.tails, [name, groups]);
    const dueIn = new Map(tails.map((row) => [String(row['name']), Number(row['due_in'])]));
    return jobs.map(({ id, entry }) => {
      const group = entry.group ?? '';
      const delayMs = Math.max(entry.delayMs, dueIn.get(group) ?? 0);
      dueIn.set(group, delayMs);
      return { ...toAlone({ id, entry }), singletonKey: group, startAfter: toInterval(delayMs) };
    });
  }

  async #send(querier: Querier, name: string, jobs: readonly JobInsert[]): Promise<void> {
    if (jobs.length > 0) await this.#parts.boss.insert(name, [...jobs], { db: toDb(querier) });
  }
}

function toAlone({ id, entry }: NewJob): JobInsert {
  const { tenant, delayMs } = entry;
  const common = { id, data: toEnvelope(entry), startAfter: toInterval(delayMs) };
  return tenant === undefined ? common : { ...common, group: { id: tenant } };
}

/** From the server's now, to the millisecond. */
function toInterval(ms: number): string {
  return `${ms} milliseconds`;
}
