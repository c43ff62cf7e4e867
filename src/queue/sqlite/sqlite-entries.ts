import type { SQLOutputValue } from 'node:sqlite';
import type {
  AddOptions,
  AddResult,
  CancelResult,
  EntryView,
  ListOptions,
  QueueStats,
  RepeatOptions,
} from '../contract.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { Row, toEntryView } from './sqlite-schema.ts';
import { toEntryStatements } from './sqlite-statements.ts';

/** An entry to be added, its payload as JSON. */
export interface PlannedEntry extends AddOptions {
  readonly payload: string;
}

/** Everything about entries but handling them. Synchronous; whoever changes something wraps it in a transaction. */
export class SqliteEntries {
  readonly #sql: ReturnType<typeof toEntryStatements>;

  constructor(database: SqliteDatabase) {
    this.#sql = toEntryStatements(database);
  }

  add(queue: string, entry: PlannedEntry, now: number): AddResult {
    if (entry.key !== undefined && !this.#freeKey(queue, entry.key, now)) return 'exists';
    const runAt = now + toWholeMs(entry.delayMs ?? 0);
    const isBlocked = entry.group !== undefined && this.#sql.groupHead.get(queue, entry.group) !== undefined;
    this.#sql.insert.run({
      queue,
      key: entry.key ?? null,
      group: entry.group ?? null,
      payload: entry.payload,
      runAt,
      dueAt: isBlocked ? null : runAt,
      maxAttempts: toMaxAttempts(entry.maxAttempts),
      baseMs: toWholeMs(entry.backoff?.baseMs ?? 1000),
      maxMs: toWholeMs(entry.backoff?.maxMs ?? 300_000),
      jitter: Math.min(1, Math.max(0, entry.backoff?.jitter ?? 0.5)),
      now,
      keepKeyMs: toWholeMs(entry.keepKeyMs ?? 0),
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
    const rest = { group: null, maxAttempts: null, baseMs: 0, maxMs: 0, jitter: 0, keepKeyMs: 0 };
    this.#sql.insert.run({ queue, key: options.key, payload, ...tick, ...rest });
    return 'added';
  }

  cancel(queue: string, key: string): CancelResult {
    const row = this.#findByKey(queue, key);
    if (row === undefined || row.ended_at !== null) return 'not-found';
    if (row.state === 'active') {
      this.#sql.markCancelled.run(row.id);
      return 'active';
    }
    this.#sql.remove.run(row.id);
    if (row.group_name !== null) this.promoteHead(queue, row.group_name);
    return 'cancelled';
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

  list(queue: string, { state, limit = 100 }: ListOptions, now: number): readonly EntryView[] {
    return this.#listRows(queue, state, limit, now).map((row) => toEntryView(Row.parse(row), now));
  }

  stats(queue: string, now: number): QueueStats {
    const stats = { waiting: 0, delayed: 0, active: 0, done: 0, failed: 0 };
    for (const row of this.#sql.count.all(now, queue)) {
      const state = Row.shape.state.parse(row['state']);
      const delayed = state === 'waiting' ? Number(row['later']) : 0;
      stats[state] = Number(row['total']) - delayed;
      stats.delayed += delayed;
    }
    return stats;
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

  #listRows(queue: string, state: ListOptions['state'], limit: number, now: number): Record<string, SQLOutputValue>[] {
    if (state === undefined) return this.#sql.listAll.all({ queue, limit });
    if (state === 'waiting') return this.#sql.listWaiting.all({ queue, limit, now });
    if (state === 'delayed') return this.#sql.listDelayed.all({ queue, limit, now });
    if (state === 'active') return this.#sql.listActive.all({ queue, limit });
    return this.#sql.listEnded.all({ queue, limit, state });
  }
}

/** Whole, finite milliseconds, as SQLite keeps them. */
export function toWholeMs(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), Number.MAX_SAFE_INTEGER / 4)) || 0;
}

function toMaxAttempts(maxAttempts = 10): number | null {
  return Number.isFinite(maxAttempts) ? Math.max(1, Math.floor(maxAttempts)) : null;
}
