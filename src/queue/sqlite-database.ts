import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from '../shared/clock.ts';
import { QueueFullError, QueueLockedError, QueueStoppedError } from './queue-errors.ts';

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_FULL = 13;

export interface SqliteDatabaseOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Milliseconds to wait for another process's lock, without blocking. */
  readonly lockWaitMs: number;
  /** Bytes the file may have; what needs more fails as on a full disk. */
  readonly maxBytes?: number;
}

/** One connection: transactions that wait for locks without blocking, and errors that say what is wrong. */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #options: SqliteDatabaseOptions;

  private constructor(database: DatabaseSync, options: SqliteDatabaseOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** Opens or creates the file and runs `ddl`, which must be repeatable. */
  static async open(options: SqliteDatabaseOptions, ddl: string): Promise<SqliteDatabase> {
    mkdirSync(dirname(options.path), { recursive: true });
    const database = new SqliteDatabase(new DatabaseSync(options.path, { timeout: 0 }), options);
    try {
      await database.#waitForLock(() => database.#prepareFile());
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

  /** Runs `work`, which must be synchronous and repeatable, in one write transaction that is on disk when this resolves. */
  write<T>(work: () => T): Promise<T> {
    return this.#waitForLock(() => this.#transaction(work));
  }

  read<T>(work: () => T): Promise<T> {
    return this.#waitForLock(work);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepareFile(): void {
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    if (this.#options.maxBytes === undefined) return;
    const pageBytes = Number(this.#database.prepare('PRAGMA page_size').get()?.['page_size'] ?? 4096);
    this.#database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(this.#options.maxBytes / pageBytes))}`);
  }

  #transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  async #waitForLock<T>(work: () => T): Promise<T> {
    const { clock, lockWaitMs } = this.#options;
    const giveUpAt = clock.now() + lockWaitMs;
    for (let attempt = 1; ; attempt += 1) {
      if (!this.#database.isOpen) throw new QueueStoppedError();
      try {
        return work();
      } catch (error) {
        if (!isLock(error)) throw isFull(error) ? new QueueFullError(error) : error;
        if (clock.now() >= giveUpAt) throw new QueueLockedError(error);
      }
      await clock.sleep(Math.min(1000, 25 * 2 ** attempt));
    }
  }
}

function isLock(thrown: unknown): boolean {
  const code = toResultCode(thrown);
  return code === SQLITE_BUSY || code === SQLITE_LOCKED;
}

function isFull(thrown: unknown): boolean {
  return toResultCode(thrown) === SQLITE_FULL;
}

/** SQLite's primary result code of an error that `node:sqlite` threw. */
function toResultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return undefined;
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : undefined;
}
