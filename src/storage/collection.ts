import type { Keyv } from 'keyv';
import type { z } from 'zod';
import { toErrorMessage } from '../shared/errors.ts';
import type { Judgement, SetAside } from './set-aside.ts';
import { type SqliteConnection, StoreError } from './sqlite/sqlite-driver.ts';
import { parseStored, UNREADABLE } from './stored-text.ts';

/** What a collection works on. */
export interface CollectionParts {
  readonly keyv: Keyv;
  readonly connection: SqliteConnection;
  readonly setAside: SetAside;
}

/** What is known of a document that does not fit its schema. */
export interface Unreadable {
  readonly key: string;
  /** As far as it can be read; undefined where it is no JSON. */
  readonly raw: unknown;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface CollectionOptions<T> {
  /** Milliseconds a value lives after its last write; none: for ever. */
  readonly ttlMs?: number;
  /** What takes the place of a document that cannot be read; default: nothing, as if there were none. */
  readonly repair?: (unreadable: Unreadable) => T;
}

/**
 * Values of one kind by key, checked by their schema on the way in and out. A failed read throws; it never looks like "not there".
 * A document that was read and does not fit is set aside, so that it keeps nothing else from working.
 */
export class Collection<T> {
  readonly #name: string;
  readonly #schema: z.ZodType<T>;
  readonly #keyv: Keyv;
  readonly #connection: SqliteConnection;
  readonly #setAside: SetAside;
  readonly #options: CollectionOptions<T>;

  constructor(
    name: string,
    schema: z.ZodType<T>,
    { keyv, connection, setAside }: CollectionParts,
    options: CollectionOptions<T>,
  ) {
    this.#name = name;
    this.#schema = schema;
    this.#keyv = keyv;
    this.#connection = connection;
    this.#setAside = setAside;
    this.#options = options;
  }

  /** @throws StoreError when the store cannot be read. */
  async get(key: string): Promise<T | undefined> {
    const value = await this.#guard(() => this.#keyv.get<unknown>(key));
    return value === undefined ? undefined : this.#parse(key, value);
  }

  /** In the order of the keys; `undefined` where there is none. */
  async getMany(keys: readonly string[]): Promise<(T | undefined)[]> {
    if (keys.length === 0) return [];
    const values: readonly unknown[] = await this.#guard(() => this.#keyv.getMany<unknown>([...keys]));
    return Promise.all(
      values.map((value, at) => (value === undefined ? undefined : this.#parse(keys[at] ?? '', value))),
    );
  }

  /** Resolves when the value is on disk. @throws StoreError when it is not, and for a value that could not be read again. */
  async set(key: string, value: T): Promise<void> {
    const parsed = this.#schema.safeParse(value);
    if (!parsed.success) {
      const what = `A value for ${this.#name}:${key} does not fit and was not stored: ${toReason(parsed.error)}.`;
      throw new StoreError('store-invalid', what);
    }
    const stored = await this.#guard(() => this.#keyv.set(key, value, this.#options.ttlMs));
    if (stored === false)
      throw this.#connection.lastFailure ?? new StoreError('store-failed', 'The store refused a write.');
  }

  /** Whether there was such a key. */
  async delete(key: string): Promise<boolean> {
    return this.#guard(() => this.#keyv.delete(key));
  }

  /** All values, by key. */
  async *entries(): AsyncGenerator<[string, T]> {
    const iterator = this.#iterate();
    const failuresBefore = this.#connection.failures;
    for (;;) {
      const next = await this.#guard(() => iterator.next());
      if (next.done === true) break;
      const [key, raw] = next.value;
      const value = await this.#parse(key, raw);
      if (value !== undefined) yield [key, value];
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

  async #parse(key: string, value: unknown): Promise<T | undefined> {
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) return parsed.data;
    return this.#setAside.replace<T>({ collection: this.#name, key }, (now) => this.#judge(key, now));
  }

  /** Reads a stored text anew: somebody may have written since it was found unreadable. */
  #judge(key: string, now: number): (text: string) => Judgement<T> {
    return (text) => {
      const raw = parseStored(text).value;
      const parsed = this.#schema.safeParse(raw);
      if (parsed.success) return { fits: true, value: parsed.data };
      const { repair } = this.#options;
      const known = raw === UNREADABLE ? undefined : raw;
      const reason = raw === UNREADABLE ? 'it is not valid JSON' : toReason(parsed.error);
      return { fits: false, reason, repaired: repair?.({ key, raw: known, now }) };
    };
  }
}

/** Which fields do not fit, without their values. */
function toReason(error: z.ZodError): string {
  const [first] = error.issues;
  return first === undefined ? 'unknown' : `${first.path.join('.') || '(whole)'}: ${first.message}`;
}
