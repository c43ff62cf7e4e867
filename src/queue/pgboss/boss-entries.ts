import { compact } from '../../shared/compact.ts';
import type { Querier } from '../../shared/postgres-handle.ts';
import { asPostgresTransaction } from '../../shared/postgres-transaction.ts';
import type { Transaction } from '../../shared/transaction.ts';
import type { AddResult, EntryView, QueueStats, RepeatOptions } from '../contract.ts';
import { type EntryStore, type PlannedEntry, toWholeMs } from '../planned-entry.ts';
import { QueueElsewhereError } from '../queue-errors.ts';
import { AddBatches, type Addition } from './add-batches.ts';
import type { BossDatabase } from './boss-database.ts';
import { toTickEnvelope } from './boss-envelope.ts';
import { type BossQueues, listBossNames, toBossNames } from './boss-queues.ts';
import { BossRow, toEntryView } from './boss-row.ts';
import type { BossStatements } from './boss-statements.ts';
import type { EntryInserts } from './entry-inserts.ts';

export interface BossEntriesParts {
  readonly database: BossDatabase;
  readonly queues: BossQueues;
  readonly sql: BossStatements;
  readonly inserts: EntryInserts;
  /** Milliseconds for which done, and failed, entries can still be seen. */
  readonly keepDoneMs: number;
  readonly keepFailedMs: number;
}

/** Everything about entries but handling them. */
export class BossEntries implements EntryStore {
  readonly #parts: BossEntriesParts;
  readonly #batches: AddBatches;

  constructor(parts: BossEntriesParts) {
    this.#parts = parts;
    this.#batches = new AddBatches((additions) => this.#addAll(additions));
  }

  async add(queue: string, entries: readonly PlannedEntry[]): Promise<readonly AddResult[]> {
    if (entries.length === 0) return [];
    await this.#parts.queues.ensure(queue);
    return this.#batches.add({ queue, entries });
  }

  addWithin(transaction: Transaction, queue: string, entries: readonly PlannedEntry[], committed: () => void): void {
    const { database, queues, inserts } = this.#parts;
    const ours = asPostgresTransaction(transaction, database.shared);
    if (ours === undefined) throw new QueueElsewhereError();
    // Not within the commit: it takes a connection of its own, and the commit sees only what was there at its begin.
    ours.prepare(() => queues.ensure(queue));
    ours.stage(async (querier) => void (await inserts.insert(querier, queue, entries)));
    ours.onCommitted(committed);
  }

  /** Serializable: while a tick is settled, pg-boss removes its job and adds it again. */
  async repeat(queue: string, payload: string, options: RepeatOptions): Promise<AddResult> {
    const { database, queues, inserts } = this.#parts;
    const tick = { everyMs: Math.max(1, toWholeMs(options.everyMs)), jitterMs: toWholeMs(options.jitterMs ?? 0) };
    const envelope = { ...toTickEnvelope(payload, options.key, tick), key: options.key };
    await queues.ensure(queue);
    return database.transact(async (querier) => {
      if (await inserts.insertTick(querier, queue, envelope)) return 'added';
      await this.#changeTick(querier, queue, options.key, { payload, tick });
      return 'exists';
    }, 'SERIALIZABLE');
  }

  async get(queue: string, key: string): Promise<EntryView | undefined> {
    const { database, sql, keepDoneMs, keepFailedMs } = this.#parts;
    const values = [keepDoneMs, keepFailedMs, listBossNames(queue), queue, key];
    const [row] = await database.read(sql.byKey, values);
    return row && toEntryView(BossRow.parse(row));
  }

  async stats(queue: string): Promise<QueueStats> {
    const { database, sql } = this.#parts;
    const stats = { waiting: 0, delayed: 0, active: 0, done: 0, failed: 0 };
    let oldestWaitingMs: number | undefined;
    for (const row of await database.read(sql.count, [listBossNames(queue)])) {
      for (const state of ['waiting', 'delayed', 'active', 'done', 'failed'] as const) {
        if (row['state'] === state) stats[state] = Number(row['total']);
      }
      if (row['state'] === 'waiting') oldestWaitingMs = Math.floor(Number(row['oldest']));
    }
    return { ...stats, ...compact({ oldestWaitingMs }) };
  }

  async #addAll(additions: readonly Addition[]): Promise<readonly (readonly AddResult[])[]> {
    const { database, inserts } = this.#parts;
    return database.transact(async (querier) => {
      const results = new Map<Addition, readonly AddResult[]>();
      for (const [queue, ofQueue] of Map.groupBy(additions, (addition) => addition.queue)) {
        const entries = ofQueue.flatMap((addition) => addition.entries);
        const left = [...(await inserts.insert(querier, queue, entries))];
        for (const addition of ofQueue) results.set(addition, left.splice(0, addition.entries.length));
      }
      return additions.map((addition) => results.get(addition) ?? []);
    }, 'READ COMMITTED');
  }

  async #changeTick(
    querier: Querier,
    queue: string,
    key: string,
    { payload, tick }: { readonly payload: string; readonly tick: { everyMs: number; jitterMs: number } },
  ): Promise<void> {
    const { sql } = this.#parts;
    const { alone } = toBossNames(queue);
    const [found] = await querier.query(sql.lockByKey, [alone, queue, key]);
    if (found === undefined) return;
    const { id, data, now } = BossRow.parse(found);
    const baseAt = data.tick === undefined ? now : data.tick.baseAt;
    const changed = { ...data, payload, tick: { ...tick, ...compact({ baseAt }) } };
    await querier.query(sql.setTick, [alone, id, JSON.stringify(changed), tick.everyMs]);
  }
}
