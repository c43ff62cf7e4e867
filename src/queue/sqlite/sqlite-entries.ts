import { compact } from '../../shared/compact.ts';
import type { AddResult, EntryView, QueueStats, RepeatOptions } from '../contract.ts';
import { type PlannedEntry, toWholeMs } from '../planned-entry.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { Row, toEntryView } from './sqlite-schema.ts';
import { toEntryStatements } from './sqlite-statements.ts';

/** Everything about entries but handling them. Synchronous; whoever changes something wraps it in a transaction. */
export class SqliteEntries {
  readonly #sql: ReturnType<typeof toEntryStatements>;

  constructor(database: SqliteDatabase) {
    this.#sql = toEntryStatements(database);
  }

  add(queue: string, entry: PlannedEntry, now: number): AddResult {
    if (entry.key !== undefined && !this.#freeKey(queue, entry.key, now)) return 'exists';
    const runAt = now + entry.delayMs;
    const isBlocked = entry.group !== undefined && this.#sql.groupHead.get(queue, entry.group) !== undefined;
    this.#sql.insert.run({
      queue,
      key: entry.key ?? null,
      group: entry.group ?? null,
      tenant: entry.tenant ?? null,
      payload: entry.payload,
      runAt,
      dueAt: isBlocked ? null : runAt,
      maxAttempts: Number.isFinite(entry.maxAttempts) ? entry.maxAttempts : null,
      ...entry.backoff,
      now,
      keepKeyMs: entry.keepKeyMs,
      everyMs: null,
      jitterMs: 0,
      baseAt: null,
    });
    return 'added';
  }

  repeat(queue: string, payload: string, options: RepeatOptions, now: number): AddResult {
    const everyMs = Math.max(1, toWholeMs(options.everyMs));
    const jitterMs = toWholeMs(options.jitterMs ?? 0);
    const going = this.#findByKey(queue, options.key);
    if (going !== undefined && going.ended_at === null) {
      this.#sql.updateTick.run({ id: going.id, payload, everyMs, jitterMs, baseAt: now, runBy: now + everyMs });
      return 'exists';
    }
    if (going !== undefined) this.#sql.remove.run(going.id);
    const tick = { everyMs, jitterMs, baseAt: now, runAt: now, dueAt: now, now };
    const rest = { group: null, tenant: null, maxAttempts: null, baseMs: 0, maxMs: 0, jitter: 0, keepKeyMs: 0 };
    this.#sql.insert.run({ queue, key: options.key, payload, ...tick, ...rest });
    return 'added';
  }

  /** Makes the first live entry of a group pickable, if it is not already. */
  promoteHead(queue: string, group: string): void {
    const head = this.#sql.groupHead.get(queue, group);
    if (head !== undefined) this.#sql.promote.run(Number(head['id']));
  }

  get(queue: string, key: string, now: number): EntryView | undefined {
    const row = this.#findByKey(queue, key);
    if (row === undefined || (row.purge_at !== null && row.purge_at <= now)) return undefined;
    return toEntryView(row, now);
  }

  stats(queue: string, now: number): QueueStats {
    const stats = { waiting: 0, delayed: 0, active: 0, done: 0, failed: 0 };
    let oldestWaitingMs: number | undefined;
    for (const row of this.#sql.count.all(now, queue)) {
      const state = Row.shape.state.parse(row['state']);
      const delayed = state === 'waiting' ? Number(row['later']) : 0;
      stats[state] = Number(row['total']) - delayed;
      stats.delayed += delayed;
      if (state === 'waiting' && stats.waiting > 0) oldestWaitingMs = now - Number(row['oldest']);
    }
    return { ...stats, ...compact({ oldestWaitingMs }) };
  }

  /** Removes an ended entry whose key is no longer kept; `false` when the key is taken. */
  #freeKey(queue: string, key: string, now: number): boolean {
    const row = this.#findByKey(queue, key);
    if (row === undefined) return true;
    if (row.ended_at === null || now < row.ended_at + row.keep_key_ms) return false;
    this.#sql.remove.run(row.id);
    return true;
  }

  #findByKey(queue: string, key: string): Row | undefined {
    const row = this.#sql.byKey.get(queue, key);
    return row === undefined ? undefined : Row.parse(row);
  }
}
