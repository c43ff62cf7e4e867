import type { SqliteTransaction } from '../../shared/transaction.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

interface RowId {
  readonly namespace: string;
  readonly key: string;
}

/** What a transaction leaves in a row: `text` undefined for none. */
export interface RowWrite extends RowId {
  readonly text: string | undefined;
  /** Epoch milliseconds; none: never. */
  readonly expires?: number | undefined;
}

/** The rows that one transaction has read, as it found them, and those that it will write. */
export class TransactionRows {
  readonly #connection: SqliteConnection;
  readonly #transaction: SqliteTransaction;
  readonly #found = new Map<string, RowId & { readonly text: string | undefined }>();
  readonly #written = new Map<string, RowWrite>();

  constructor(connection: SqliteConnection, transaction: SqliteTransaction) {
    this.#connection = connection;
    this.#transaction = transaction;
  }

  /** The text of a row as this transaction leaves it so far. */
  async read(namespace: string, key: string): Promise<string | undefined> {
    const id = toId({ namespace, key });
    const known = this.#written.get(id) ?? this.#found.get(id);
    if (known !== undefined) return known.text;
    const text = await this.#connection.readRow(namespace, key);
    this.#found.set(id, { namespace, key, text });
    return text;
  }

  write(row: RowWrite): void {
    this.#written.set(toId(row), row);
  }

  /** Writes all, unless another writer has changed what was read: `false` then, and nothing is written. */
  async commit(): Promise<boolean> {
    const works = this.#transaction.close();
    if (works.length === 0 && this.#written.size === 0) return true;
    const isCommitted = await this.#connection.change(() => {
      if (!this.#isAsFound()) return false;
      for (const row of this.#written.values()) this.#put(row);
      for (const work of works) work();
      return true;
    });
    if (isCommitted) this.#transaction.tellCommitted();
    return isCommitted;
  }

  #isAsFound(): boolean {
    const rows = [...this.#found.values()];
    return rows.every(({ namespace, key, text }) => this.#connection.row(namespace, key) === text);
  }

  #put({ namespace, key, text, expires }: RowWrite): void {
    if (text === undefined) this.#connection.dropRow(namespace, key);
    else this.#connection.putRow(namespace, key, text, expires);
  }
}

function toId({ namespace, key }: RowId): string {
  return `${namespace}\u0000${key}`;
}
