import { toErrorMessage } from '../../shared/errors.ts';
import { isPassing, isServerFull } from '../../shared/postgres-errors.ts';
import type { PostgresHandle, Querier, Row } from '../../shared/postgres-handle.ts';
import { type DocumentId, StoreError } from '../contract.ts';
import type { Decision, DocumentRows, FoundRow, RowWrite } from '../document-rows.ts';

interface Versioned {
  readonly text: string;
  readonly version: string;
}

/** Rows of the table `documents`; every failure is a `StoreError`. */
export class PostgresRows implements DocumentRows {
  readonly database: PostgresHandle;
  readonly #table: string;
  #lastFailedAt: number | undefined;
  #failures = 0;
  #lastFailure: StoreError | undefined;

  constructor(database: PostgresHandle) {
    this.database = database;
    this.#table = `${database.schema}.documents`;
  }

  get failures(): number {
    return this.#failures;
  }

  get lastFailure(): StoreError | undefined {
    return this.#lastFailure;
  }

  get lastFailedAt(): number | undefined {
    return this.#lastFailedAt;
  }

  async read(id: DocumentId): Promise<string | undefined> {
    return (await this.#readVersioned(id))?.text;
  }

  async readMany(collection: string, keys: readonly string[]): Promise<readonly Row[]> {
    const sql = `SELECT key, value, expires_at FROM ${this.#table} WHERE collection = $1 AND key = ANY($2)`;
    return this.#orFail(() => this.database.read(sql, [collection, keys]));
  }

  /** Rows that are not over their time at `now`, in the order of their keys. @param after The last key before them. */
  async readPage(collection: string, after: string, now: number, limit: number): Promise<readonly Row[]> {
    const sql = `SELECT key, value FROM ${this.#table}
      WHERE collection = $1 AND key > $2 AND (expires_at IS NULL OR expires_at > $3) ORDER BY key LIMIT $4`;
    return this.#orFail(() => this.database.read(sql, [collection, after, now, limit]));
  }

  async listKeys(collection: string): Promise<readonly string[]> {
    const sql = `SELECT key FROM ${this.#table} WHERE collection = $1 ORDER BY key`;
    const rows = await this.#orFail(() => this.database.read(sql, [collection]));
    return rows.map((row) => String(row['key']));
  }

  async put(row: RowWrite): Promise<void> {
    await this.#orFail(() => this.#write(this.database, row));
  }

  /** Returns whether there was such a row. */
  async drop(id: DocumentId): Promise<boolean> {
    const sql = `DELETE FROM ${this.#table} WHERE collection = $1 AND key = $2 RETURNING key`;
    return (await this.#orFail(() => this.database.query(sql, [id.collection, id.key]))).length > 0;
  }

  async dropExpired(now: number): Promise<void> {
    const sql = `DELETE FROM ${this.#table} WHERE expires_at <= $1`;
    await this.#orFail(() => this.database.query(sql, [now]));
  }

  async dropAll(collection: string): Promise<void> {
    await this.#orFail(() => this.database.query(`DELETE FROM ${this.#table} WHERE collection = $1`, [collection]));
  }

  async change<T>(id: DocumentId, decide: (text: string | undefined) => Decision<T>): Promise<T> {
    for (;;) {
      const known = await this.#readVersioned(id);
      const { result, writes = [] } = decide(known?.text);
      if (writes.length === 0) return result;
      if (await this.#orFail(() => this.#swap(id, known, writes))) return result;
    }
  }

  /** Writes all as one, unless one of those that were found is another by now: `false` then. */
  async commit(
    found: readonly FoundRow[],
    written: readonly RowWrite[],
    work: (querier: Querier) => Promise<void>,
  ): Promise<boolean> {
    return this.#orFail(() =>
      this.database.transact(async (querier) => {
        if (!(await this.#isAsFound(querier, found))) return false;
        for (const row of written) await this.#write(querier, row);
        await work(querier);
        return true;
      }),
    );
  }

  async #readVersioned({ collection, key }: DocumentId): Promise<Versioned | undefined> {
    const sql = `SELECT value, version FROM ${this.#table} WHERE collection = $1 AND key = $2`;
    const [row] = await this.#orFail(() => this.database.read(sql, [collection, key]));
    return row && { text: String(row['value']), version: String(row['version']) };
  }

  /** One statement for one row; a transaction where another row is written along with it. */
  async #swap(id: DocumentId, known: Versioned | undefined, writes: readonly RowWrite[]): Promise<boolean> {
    const own = writes.find((row) => row.collection === id.collection && row.key === id.key);
    const others = writes.filter((row) => row !== own);
    if (own === undefined) throw new TypeError('A change must write the row that it was asked for');
    if (others.length === 0) return this.#swapOne(this.database, own, known);
    return this.database.transact(async (querier) => {
      if (!(await this.#swapOne(querier, own, known))) return false;
      for (const row of others) await this.#write(querier, row);
      return true;
    });
  }

  /** Writes a row if it is as it was known; returns whether it was. */
  async #swapOne(querier: Querier, row: RowWrite, known: Versioned | undefined): Promise<boolean> {
    const { collection, key, text, expires } = row;
    if (known === undefined) {
      if (text === undefined) return true;
      const sql = `INSERT INTO ${this.#table} (collection, key, value, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING key`;
      return (await querier.query(sql, [collection, key, text, expires ?? null])).length > 0;
    }
    const where = 'WHERE collection = $1 AND key = $2 AND version = $3 RETURNING key';
    if (text === undefined) {
      const removed = await querier.query(`DELETE FROM ${this.#table} ${where}`, [collection, key, known.version]);
      return removed.length > 0;
    }
    const sql = `UPDATE ${this.#table} SET value = $4, expires_at = $5, version = DEFAULT ${where}`;
    return (await querier.query(sql, [collection, key, known.version, text, expires ?? null])).length > 0;
  }

  async #write(querier: Querier, { collection, key, text, expires }: RowWrite): Promise<void> {
    if (text === undefined) {
      await querier.query(`DELETE FROM ${this.#table} WHERE collection = $1 AND key = $2`, [collection, key]);
      return;
    }
    const sql = `INSERT INTO ${this.#table} (collection, key, value, expires_at) VALUES ($1, $2, $3, $4)
      ON CONFLICT (collection, key) DO UPDATE SET value = $3, expires_at = $4, version = DEFAULT`;
    await querier.query(sql, [collection, key, text, expires ?? null]);
  }

  async #isAsFound(querier: Querier, found: readonly FoundRow[]): Promise<boolean> {
    if (found.length === 0) return true;
    const sql = `SELECT value FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (collection, key, at)
      LEFT JOIN ${this.#table} USING (collection, key) ORDER BY at`;
    const keys = [found.map(({ collection }) => collection), found.map(({ key }) => key)];
    const rows = await querier.query(sql, keys);
    return found.every(({ text }, at) => (rows[at]?.['value'] ?? undefined) === text);
  }

  async #orFail<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof TypeError) throw thrown;
      this.#failures += 1;
      this.#lastFailedAt = Date.now();
      this.#lastFailure = toStoreError(thrown);
      throw this.#lastFailure;
    }
  }
}

function toStoreError(thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  if (isServerFull(thrown))
    return new StoreError('store-full', 'The store cannot grow: the server has no room left.', { cause: thrown });
  const what = isPassing(thrown) ? 'The store cannot be reached' : 'The store failed';
  return new StoreError('store-failed', `${what}: ${toErrorMessage(thrown)}`, { cause: thrown });
}
