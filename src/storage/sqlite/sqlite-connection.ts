import type { SQLInputValue } from 'node:sqlite';
import type { SqliteDriver } from '@keyv/sqlite';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { isFull, isLocked } from '../../shared/sqlite-errors.ts';
import { SqliteHandle } from '../../shared/sqlite-handle.ts';
import { type DocumentId, StoreError } from '../contract.ts';
import type { Decision, DocumentRows, RowWrite } from '../document-rows.ts';

export interface SqliteConnectionOptions {
  /** Bytes the file may have; what needs more fails as on a full disk. To try that out; default: no limit. */
  readonly maxBytes?: number;
}

const LOCKED_GIVE_UP_MS = 5_000;
/** The table that Keyv's adapter makes. */
const TABLE = '"keyv"';
/** As Keyv's adapter makes it, which does so only when a collection is first used. */
const DDL = `CREATE TABLE IF NOT EXISTS ${TABLE} (key VARCHAR(255) NOT NULL, value TEXT, namespace VARCHAR(255) NOT NULL DEFAULT '',
  expires BIGINT DEFAULT NULL, UNIQUE(key, namespace))`;
/** What changes rows; all else is a read, or makes tables while the store is opened. */
const WRITE = /^(INSERT|DELETE)\b/;
/** How Keyv's adapter removes what a read found to be over its time; a wanted removal is `RETURNING`. */
const REMOVAL_BY_READ = /^DELETE FROM "keyv" WHERE key (= \?|IN \([?, ]+\)) AND namespace = \?$/;

/** Carries what a caller's own function threw past the translation into a `StoreError`. */
class ThrownByCaller extends Error {}

/** Runs a caller's function within a change: what it throws reaches the caller as it is. */
function asCaller<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw new ThrownByCaller('thrown by the caller', { cause: thrown });
  }
}

/**
 * The store's part of a SQLite file: a locked database is retried without blocking the event loop, and every failure is
 * counted, because Keyv's iterator ends silently on one.
 */
export class SqliteConnection implements DocumentRows {
  readonly file: SqliteHandle;
  #lastFailure: StoreError | undefined;
  #lastFailedAt: number | undefined;
  #failures = 0;
  readonly #clock: Clock;

  constructor(path: string, clock: Clock, limits: SqliteConnectionOptions = {}) {
    this.#clock = clock;
    this.file = new SqliteHandle(path, { clock, lockWaitMs: LOCKED_GIVE_UP_MS, ddl: DDL, ...limits });
  }

  /** How many statements have failed since the start. */
  get failures(): number {
    return this.#failures;
  }

  get lastFailure(): StoreError | undefined {
    return this.#lastFailure;
  }

  get lastFailedAt(): number | undefined {
    return this.#lastFailedAt;
  }

  /** This connection as a driver of `@keyv/sqlite`. */
  toDriver(): SqliteDriver {
    return {
      name: 'custom',
      connect: async () => ({
        query: (sql, ...parameters) => this.#query(sql, parameters),
        close: async () => undefined,
      }),
    };
  }

  /** After the writes of the same key that were asked for before. */
  async read(id: DocumentId): Promise<string | undefined> {
    return this.#orFail(() => this.file.read(() => this.row(id), [id.key]));
  }

  async listKeys(collection: string): Promise<readonly string[]> {
    const list = () => this.file.prepare(`SELECT key FROM ${TABLE} WHERE namespace = ? ORDER BY key`).all(collection);
    const rows = await this.#orFail(() => this.file.read(list));
    return rows.map((row) => String(row['key']));
  }

  change<T>(id: DocumentId, decide: (text: string | undefined) => Decision<T>): Promise<T> {
    return this.atOnce(() => {
      const text = this.row(id);
      const { result, writes = [] } = asCaller(() => decide(text));
      for (const row of writes) this.putRow(row);
      return result;
    }, id.key);
  }

  /**
   * Runs `work`, which may use `row` and `putRow`, as a whole or not at all. @param key Names what is written, for
   * reads of the same.
   */
  atOnce<T>(work: () => T, key?: string): Promise<T> {
    return this.#orFail(() => this.file.write(work, key));
  }

  row({ collection, key }: DocumentId): string | undefined {
    const found = this.file.prepare(`SELECT value FROM ${TABLE} WHERE namespace = ? AND key = ?`).get(collection, key);
    return found === undefined ? undefined : String(found['value']);
  }

  putRow({ collection, key, text, expires }: RowWrite): void {
    if (text === undefined) {
      this.file.prepare(`DELETE FROM ${TABLE} WHERE namespace = ? AND key = ?`).run(collection, key);
      return;
    }
    const sql = `INSERT OR REPLACE INTO ${TABLE} (namespace, key, value, expires) VALUES (?, ?, ?, ?)`;
    this.file.prepare(sql).run(collection, key, text, expires ?? null);
  }

  close(): void {
    this.file.close();
  }

  /**
   * What a read finds to be over its time is left to the hourly clearing: removed now, it would take along
   * what was written since.
   */
  async #query(sql: string, parameters: readonly unknown[]): Promise<unknown[]> {
    if (REMOVAL_BY_READ.test(sql)) return [];
    const run = () => this.file.prepare(sql).all(...parameters.map(toSqlValue));
    const isWrite = WRITE.test(sql);
    return this.#orFail(() =>
      isWrite ? this.file.write(run, String(parameters[0])) : this.file.read(run, parameters),
    );
  }

  async #orFail<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof ThrownByCaller) throw thrown.cause;
      throw this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): StoreError {
    this.#failures += 1;
    this.#lastFailedAt = this.#clock.now();
    this.#lastFailure = toStoreError(thrown);
    return this.#lastFailure;
  }
}

function toSqlValue(value: unknown): SQLInputValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value === null || value === undefined) return null;
  return String(value);
}

function toStoreError(thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  if (isLocked(thrown))
    return new StoreError('store-locked', 'The store is locked by another process.', { cause: thrown });
  if (isFull(thrown)) {
    return new StoreError('store-full', 'The store cannot grow: the disk is full.', { cause: thrown });
  }
  return new StoreError('store-failed', `The store failed: ${toErrorMessage(thrown)}`, { cause: thrown });
}
