import type { Keyv } from 'keyv';
import type { z } from 'zod';
import { toErrorMessage } from '../shared/errors.ts';
import { type SqliteConnection, StoreError } from './sqlite-driver.ts';

export interface CollectionOptions {
  /** Milliseconds a value lives after its last write; none: for ever. */
  readonly ttlMs?: number;
}

/** Values of one kind by key, checked by their schema on the way in and out. A failed read throws; it never looks like "not there". */
export class Collection<T> {
  readonly #name: string;
  readonly #schema: z.ZodType<T>;
  readonly #keyv: Keyv;
  readonly #connection: SqliteConnection;
  readonly #ttlMs: number | undefined;

  constructor(
    name: string,
    schema: z.ZodType<T>,
    keyv: Keyv,
    connection: SqliteConnection,
    { ttlMs }: CollectionOptions,
  ) {
    this.#name = name;
    this.#schema = schema;
    this.#keyv = keyv;
    this.#connection = connection;
    this.#ttlMs = ttlMs;
  }

  /** @throws StoreError when the store cannot be read or holds something that is no such value. */
  async get(key: string): Promise<T | undefined> {
    const value = await this.#guard(() => this.#keyv.get<unknown>(key));
    return value === undefined ? undefined : this.#parse(key, value);
  }

  /** In the order of the keys; `undefined` where there is none. */
  async getMany(keys: readonly string[]): Promise<(T | undefined)[]> {
    if (keys.length === 0) return [];
    const values: readonly unknown[] = await this.#guard(() => this.#keyv.getMany<unknown>([...keys]));
    return values.map((value, at) => (value === undefined ? undefined : this.#parse(keys[at] ?? '', value)));
  }

  /** Resolves when the value is on disk. @throws StoreError when it is not. */
  async set(key: string, value: T): Promise<void> {
    const stored = await this.#guard(() => this.#keyv.set(key, value, this.#ttlMs));
    if (stored === false)
      throw this.#connection.lastFailure ?? new StoreError('store-failed', 'The store refused a write.');
  }

  /** Whether there was such a key. */
  async delete(key: string): Promise<boolean> {
    return this.#guard(() => this.#keyv.delete(key));
  }

  /** All values, by key; one that does not fit the schema is left out and handed to `onInvalid`. */
  async *entries(onInvalid?: (key: string, error: StoreError) => void): AsyncGenerator<[string, T]> {
    const iterator = this.#iterate();
    const failuresBefore = this.#connection.failures;
    for (;;) {
      const next = await this.#guard(() => iterator.next());
      if (next.done === true) break;
      const [key, raw] = next.value;
      const parsed = this.#schema.safeParse(raw);
      if (parsed.success) yield [key, parsed.data];
      else onInvalid?.(key, this.#invalid(key));
    }
    if (this.#connection.failures > failuresBefore && this.#connection.lastFailure) throw this.#connection.lastFailure;
  }

  async *#iterate(): AsyncGenerator<[string, unknown]> {
    for await (const entry of this.#keyv.iterator?.() ?? []) {
      const [key, value]: unknown[] = entry;
      if (typeof key === 'string') yield [key, value];
    }
  }

  async #guard<R>(act: () => Promise<R>): Promise<R> {
    const failuresBefore = this.#connection.failures;
    try {
      return await act();
    } catch (thrown) {
      if (thrown instanceof StoreError) throw thrown;
      const failed = this.#connection.failures > failuresBefore ? this.#connection.lastFailure : undefined;
      throw failed ?? new StoreError('store-failed', `The store failed: ${toErrorMessage(thrown)}`, { cause: thrown });
    }
  }

  #parse(key: string, value: unknown): T {
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw this.#invalid(key);
  }

  #invalid(key: string): StoreError {
    return new StoreError('store-invalid', `The store holds something unreadable under ${this.#name}:${key}.`);
  }
}
