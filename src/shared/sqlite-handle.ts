import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from './clock.ts';
import { GroupCommit } from './group-commit.ts';
import { isMarked, MARKING } from './sqlite-file.ts';

export interface SqliteHandleOptions {
  readonly clock: Clock;
  /** Milliseconds to wait for another process's lock, without blocking. */
  readonly lockWaitMs: number;
  /**
   * Milliseconds that SQLite itself may wait for a lock while the file is opened, blocking everything; default 1,000.
   */
  readonly openWaitMs?: number;
  /** What makes the tables, where they are not there. */
  readonly ddl?: string;
  /** Bytes the file may have; what needs more fails as on a full disk. To try that out; default: no limit. */
  readonly maxBytes?: number;
}

const KEPT_STATEMENTS = 300;

/**
 * One connection to a SQLite file, which store and queue share: prepared statements are kept, writes
 * are committed in groups.
 */
export class SqliteHandle {
  readonly #database: DatabaseSync;
  readonly #commits: GroupCommit;
  readonly #statements = new Map<string, StatementSync>();

  /**
   * Opens the file at `path` (`:memory:` for none), making its folder. Throws what
   * SQLite throws. @throws StoreFileError
   */
  constructor(path: string, { clock, lockWaitMs, openWaitMs = 1_000, ddl = '', maxBytes }: SqliteHandleOptions) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    this.#database = new DatabaseSync(path);
    const isNew = !this.#isStore(openWaitMs);
    this.#commits = new GroupCommit(this.#database, { clock, lockWaitMs });
    this.#database.exec('PRAGMA journal_mode = WAL');
    this.#database.exec('PRAGMA synchronous = FULL');
    if (maxBytes !== undefined) this.#limit(maxBytes);
    // One wait for the disk instead of three.
    this.#database.exec(isNew ? `BEGIN IMMEDIATE; ${MARKING} ${ddl}; COMMIT` : ddl);
    this.#database.exec('PRAGMA busy_timeout = 0');
  }

  get isOpen(): boolean {
    return this.#database.isOpen;
  }

  /** The statement for this SQL, prepared once. */
  prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size < KEPT_STATEMENTS) this.#statements.set(sql, statement);
    return statement;
  }

  /** Runs several statements that take nothing and return nothing; within `write`. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** @see GroupCommit.write */
  write<T>(work: () => T, key?: string): Promise<T> {
    return this.#commits.write(work, key);
  }

  /** @see GroupCommit.read */
  read<T>(work: () => T, keys: readonly unknown[] = []): Promise<T> {
    return this.#commits.read(work, keys);
  }

  /** Commits what waits, or rejects what cannot be committed now; then closes the connection. */
  close(): void {
    this.#commits.close();
    this.#statements.clear();
  }

  /** Another program's file is closed as it was found. */
  #isStore(waitMs: number): boolean {
    try {
      this.#database.exec(`PRAGMA busy_timeout = ${waitMs}`);
      return isMarked(this.#database);
    } catch (thrown) {
      this.#database.close();
      throw thrown;
    }
  }

  #limit(maxBytes: number): void {
    const pageBytes = Number(this.#database.prepare('PRAGMA page_size').get()?.['page_size'] ?? 4096);
    this.#database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`);
  }
}
