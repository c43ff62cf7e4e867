import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDriver } from '@keyv/sqlite';
import type { Clock } from '../../shared/clock.ts';
import { AppError, toErrorMessage } from '../../shared/errors.ts';
import { GroupCommit } from '../../shared/group-commit.ts';
import { isFull, isLocked } from '../../shared/sqlite-errors.ts';
import { claimStoreFile } from '../../shared/sqlite-file.ts';

/** A read or write of the store that did not happen. `code`: `store-locked`, `store-full`, `store-failed` or `store-invalid`. */
export class StoreError extends AppError {}

export interface SqliteConnectionOptions {
  /** Bytes the file may have; what needs more fails as on a full disk. To try that out; default: no limit. */
  readonly maxBytes?: number;
}

/** Milliseconds that SQLite itself may wait while the file is opened, before anything else goes on. */
const OPEN_WAIT_MS = 1_000;
const LOCKED_GIVE_UP_MS = 5_000;
/** The table that Keyv's adapter makes. */
const TABLE = '"keyv"';
/** What changes rows; all else is a read, or makes tables while the store is opened. */
const WRITE = /^(INSERT|DELETE)\b/;
/** How Keyv's adapter removes what a read found to be over its time; a wanted removal is `RETURNING`. */
const REMOVAL_BY_READ = /^DELETE FROM "keyv" WHERE key (= \?|IN \([?, ]+\)) AND namespace = \?$/;

/**
 * One SQLite connection shared by all collections: prepared statements are kept, writes are committed in groups, a locked
 * database is retried without blocking the event loop, and every failure is counted, because Keyv's iterator ends silently on one.
 */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #commits: GroupCommit;
  readonly #statements = new Map<string, StatementSync>();
  #lastFailure: StoreError | undefined;
  #failures = 0;

  constructor(path: string, clock: Clock, { maxBytes }: SqliteConnectionOptions = {}) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    this.#database = openStoreFile(path);
    this.#commits = new GroupCommit(this.#database, { clock, lockWaitMs: LOCKED_GIVE_UP_MS });
    this.#database.exec('PRAGMA journal_mode = WAL');
    this.#database.exec('PRAGMA synchronous = FULL');
    this.#database.exec('PRAGMA busy_timeout = 0');
    if (maxBytes !== undefined) this.#limit(maxBytes);
  }

  /** How many statements have failed since the start. */
  get failures(): number {
    return this.#failures;
  }

  get lastFailure(): StoreError | undefined {
    return this.#lastFailure;
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

  /** The text of one row, after the writes of it that were asked for before. */
  async readRow(namespace: string, key: string): Promise<string | undefined> {
    return this.#orFail(() => this.#commits.read(() => this.row(namespace, key), [key]));
  }

  /** The keys of a namespace, in their order. */
  async listKeys(namespace: string): Promise<readonly string[]> {
    const list = () => this.#prepare(`SELECT key FROM ${TABLE} WHERE namespace = ? ORDER BY key`).all(namespace);
    const rows = await this.#orFail(() => this.#commits.read(list));
    return rows.map((row) => String(row['key']));
  }

  /** Runs `work`, which may use `row`, `putRow`, `replaceRow` and `dropRow`, as a whole or not at all. */
  async change<T>(work: () => T): Promise<T> {
    return this.#orFail(() => this.#commits.write(work));
  }

  row(namespace: string, key: string): string | undefined {
    const found = this.#prepare(`SELECT value FROM ${TABLE} WHERE namespace = ? AND key = ?`).get(namespace, key);
    return found === undefined ? undefined : String(found['value']);
  }

  putRow(namespace: string, key: string, text: string): void {
    const sql = `INSERT OR REPLACE INTO ${TABLE} (namespace, key, value, expires) VALUES (?, ?, ?, NULL)`;
    this.#prepare(sql).run(namespace, key, text);
  }

  /** Leaves the time at which the row is over as it is. */
  replaceRow(namespace: string, key: string, text: string): void {
    this.#prepare(`UPDATE ${TABLE} SET value = ? WHERE namespace = ? AND key = ?`).run(text, namespace, key);
  }

  dropRow(namespace: string, key: string): void {
    this.#prepare(`DELETE FROM ${TABLE} WHERE namespace = ? AND key = ?`).run(namespace, key);
  }

  close(): void {
    this.#commits.close();
    this.#statements.clear();
  }

  /** What a read finds to be over its time is left to the hourly clearing: removed now, it would take along what was written since. */
  async #query(sql: string, parameters: readonly unknown[]): Promise<unknown[]> {
    if (REMOVAL_BY_READ.test(sql)) return [];
    const run = () => this.#prepare(sql).all(...parameters.map(toSqlValue));
    const isWrite = WRITE.test(sql);
    return this.#orFail(() =>
      isWrite ? this.#commits.write(run, String(parameters[0])) : this.#commits.read(run, parameters),
    );
  }

  async #orFail<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (thrown) {
      throw this.#fail(thrown);
    }
  }

  #limit(maxBytes: number): void {
    const pageBytes = Number(this.#database.prepare('PRAGMA page_size').get()?.['page_size']);
    this.#database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`);
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size < 200) this.#statements.set(sql, statement);
    return statement;
  }

  #fail(thrown: unknown): StoreError {
    this.#failures += 1;
    this.#lastFailure = toStoreError(thrown);
    return this.#lastFailure;
  }
}

/** Another program's file is closed as it was found. */
function openStoreFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${OPEN_WAIT_MS}`);
    claimStoreFile(database);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

function toSqlValue(value: unknown): SQLInputValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (value === null || value === undefined) return null;
  return String(value);
}

function toStoreError(thrown: unknown): StoreError {
  if (isLocked(thrown))
    return new StoreError('store-locked', 'The store is locked by another process.', { cause: thrown });
  if (isFull(thrown)) {
    return new StoreError('store-full', 'The store cannot grow: the disk is full.', { cause: thrown });
  }
  return new StoreError('store-failed', `The store failed: ${toErrorMessage(thrown)}`, { cause: thrown });
}
