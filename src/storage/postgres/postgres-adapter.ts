import { Hookified } from 'hookified';
import {
  type KeyvStorageAdapter,
  type KeyvStorageCapability,
  type KeyvStorageEntry,
  keyvStorageCapability,
} from 'keyv';
import type { PostgresRows } from './postgres-rows.ts';

const BATCH = 500;

/**
 * What Keyv reads and writes of one collection. What a read finds to be over its time is left to the hourly clearing:
 * removed by the read, it would take along what was written since. Failures reject, and never look like "not there".
 */
export class PostgresAdapter extends Hookified implements KeyvStorageAdapter {
  namespace: string | undefined;
  readonly #rows: PostgresRows;

  constructor(rows: PostgresRows) {
    super({ throwOnEmptyListeners: false });
    this.#rows = rows;
  }

  get capabilities(): KeyvStorageCapability {
    return keyvStorageCapability(this);
  }

  get #collection(): string {
    return this.namespace ?? '';
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const [value] = await this.getMany<Value>([key]);
    return value;
  }

  async getMany<Value>(keys: string[]): Promise<(Value | undefined)[]> {
    const now = Date.now();
    const known = new Map<string, unknown>();
    for (const row of await this.#rows.readMany(this.#collection, keys)) {
      const { key, value, expires_at: expiresAt } = row;
      if (expiresAt === null || Number(expiresAt) > now) known.set(String(key), value);
    }
    return keys.map((key) => known.get(key) as Value | undefined);
  }

  async set(key: string, value: unknown, expires?: number): Promise<boolean> {
    await this.#rows.put({ collection: this.#collection, key, text: String(value), expires });
    return true;
  }

  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value, expires }) => this.set(key, value, expires)));
  }

  delete(key: string): Promise<boolean> {
    return this.#rows.drop({ collection: this.#collection, key });
  }

  deleteMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.delete(key)));
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined;
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return (await this.getMany(keys)).map((value) => value !== undefined);
  }

  clear(): Promise<void> {
    return this.#rows.dropAll(this.#collection);
  }

  async *iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    let after = '';
    for (;;) {
      const page = await this.#rows.readPage(this.#collection, after, Date.now(), BATCH);
      for (const { key, value } of page) yield [String(key), value as Awaited<Value>];
      if (page.length < BATCH) return;
      after = String(page.at(-1)?.['key']);
    }
  }

  /** The connections belong to the store. */
  async disconnect(): Promise<void> {}
}
