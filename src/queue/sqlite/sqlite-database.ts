import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from '../../shared/clock.ts';
import { GroupCommit } from '../../shared/group-commit.ts';
import { isFull, isLocked } from '../../shared/sqlite-errors.ts';
import type { SqliteHandle } from '../../shared/sqlite-handle.ts';
import { QueueFullError, QueueLockedError, QueueStoppedError } from '../queue-errors.ts';

export interface SqliteDatabaseOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Milliseconds to wait for another process's lock, without blocking. */
  readonly lockWaitMs: number;
  /** Bytes the file may have; what needs more fails as on a full disk. */
  readonly maxBytes?: number;
}

interface Parts {
  readonly database: Pick<DatabaseSync, 'prepare' | 'exec' | 'isOpen'>;
  readonly commits: Pick<GroupCommit, 'read' | 'write'>;
  readonly close: () => void;
}

/** One connection: transactions that wait for locks without blocking, and errors that say what is wrong. */
export class SqliteDatabase {
  readonly #database: Pick<DatabaseSync, 'prepare' | 'exec' | 'isOpen'>;
  readonly #commits: Pick<GroupCommit, 'read' | 'write'>;
  readonly #close: () => void;
  /** The store's file, where this one is no connection of its own. */
  readonly shared: SqliteHandle | undefined;
  #isClosed = false;

  private constructor(connection: Pick<SqliteDatabase, 'shared'> & Parts) {
    this.#database = connection.database;
    this.#commits = connection.commits;
    this.#close = connection.close;
    this.shared = connection.shared;
  }

  /** Uses the store's connection, and leaves it open at the end. Runs `ddl`, which must be repeatable. */
  static async share(file: SqliteHandle, ddl: string): Promise<SqliteDatabase> {
    const database = new SqliteDatabase({ database: file, commits: file, close: () => undefined, shared: file });
    await database.write(() => file.exec(ddl));
    return database;
  }

  /** Opens or creates the file and runs `ddl`, which must be repeatable. */
  static async open(options: SqliteDatabaseOptions, ddl: string): Promise<SqliteDatabase> {
    mkdirSync(dirname(options.path), { recursive: true });
    const own = new DatabaseSync(options.path, { timeout: 0 });
    const commits = new GroupCommit(own, options);
    const database = new SqliteDatabase({ database: own, commits, close: () => commits.close(), shared: undefined });
    try {
      await database.read(() => database.#prepareFile(options.maxBytes));
      await database.write(() => database.#database.exec(ddl));
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  }

  prepare(sql: string): StatementSync {
    return this.#database.prepare(sql);
  }

  /** Runs `work`, which must be synchronous and repeatable, as a whole or not at all; on disk when this resolves. */
  async write<T>(work: () => T): Promise<T> {
    return this.#orSay(() => this.#commits.write(work));
  }

  async read<T>(work: () => T): Promise<T> {
    return this.#orSay(() => this.#commits.read(work));
  }

  close(): void {
    this.#isClosed = true;
    this.#close();
  }

  #prepareFile(maxBytes: number | undefined): void {
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    if (maxBytes === undefined) return;
    const pageBytes = Number(this.#database.prepare('PRAGMA page_size').get()?.['page_size'] ?? 4096);
    this.#database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageBytes))}`);
  }

  async #orSay<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new QueueStoppedError();
    try {
      return await work();
    } catch (error) {
      if (!this.#database.isOpen) throw new QueueStoppedError();
      if (isLocked(error)) throw new QueueLockedError(error);
      throw isFull(error) ? new QueueFullError(error) : error;
    }
  }
}
