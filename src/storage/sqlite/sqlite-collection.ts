import type { Keyv } from 'keyv';
import type { z } from 'zod';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Transaction } from '../../shared/transaction.ts';
import { type Collection, type CollectionOptions, type Documents, StoreError } from '../contract.ts';
import type { Judgement, SetAside } from './set-aside.ts';
import { asCaller, type SqliteConnection } from './sqlite-connection.ts';
import { isOver, parseStored, toStoredText, UNREADABLE } from './stored-text.ts';
import type { TransactionRows } from './transaction-rows.ts';

/** What a collection works on. */
export interface CollectionParts {
  readonly keyv: Keyv;
  readonly connection: SqliteConnection;
  readonly setAside: SetAside;
  /** @throws StoreError for a transaction that is over, or of another store */
  rowsOf(transaction: Transaction): TransactionRows;
}

/**
 * One namespace of the table that Keyv keeps; Keyv reads and writes single values, and what must be atomic
 * goes to the rows.
 */
export class SqliteCollection<T> implements Collection<T> {
  readonly #name: string;
  readonly #schema: z.ZodType<T>;
  readonly #parts: CollectionParts;
  readonly #options: CollectionOptions<T>;

  constructor(name: string, schema: z.ZodType<T>, parts: CollectionParts, options: CollectionOptions<T>) {
    this.#name = name;
    this.#schema = schema;
    this.#parts = parts;
    this.#options = options;
  }

  async get(key: string): Promise<T | undefined> {
    const value = await this.#guard(() => this.#parts.keyv.get<unknown>(key));
    return value === undefined ? undefined : this.#parse(key, value);
  }

  async getMany(keys: readonly string[]): Promise<(T | undefined)[]> {
    if (keys.length === 0) return [];
    const values: readonly unknown[] = await this.#guard(() => this.#parts.keyv.getMany<unknown>([...keys]));
    return Promise.all(
      values.map((value, at) => (value === undefined ? undefined : this.#parse(keys[at] ?? '', value))),
    );
  }

  async set(key: string, value: T): Promise<void> {
    this.#requireFit(key, value);
    const stored = await this.#guard(() => this.#parts.keyv.set(key, value, this.#options.ttlMs));
    if (stored === false)
      throw this.#parts.connection.lastFailure ?? new StoreError('store-failed', 'The store refused a write.');
  }

  async delete(key: string): Promise<boolean> {
    return this.#guard(() => this.#parts.keyv.delete(key));
  }

  async insertIfAbsent(key: string, value: T): Promise<boolean> {
    this.#requireFit(key, value);
    const { connection } = this.#parts;
    return connection.change(() => {
      if (isThere(connection.row(this.#name, key))) return false;
      this.#put(key, value);
      return true;
    }, key);
  }

  async update(key: string, change: (known: T | undefined) => T | undefined): Promise<T | undefined> {
    return this.#parts.connection.change(() => {
      const known = this.#readNow(key);
      const next = asCaller(() => change(known));
      if (next === undefined) return known;
      this.#requireFit(key, next);
      this.#put(key, next);
      return next;
    }, key);
  }

  async *entries(): AsyncGenerator<[string, T]> {
    const { connection } = this.#parts;
    const iterator = this.#iterate();
    const failuresBefore = connection.failures;
    for (;;) {
      const next = await this.#guard(() => iterator.next());
      if (next.done === true) break;
      const [key, raw] = next.value;
      const value = await this.#parse(key, raw);
      if (value !== undefined) yield [key, value];
    }
    if (connection.failures > failuresBefore && connection.lastFailure) throw connection.lastFailure;
  }

  within(transaction: Transaction): Documents<T> {
    const rows = () => this.#parts.rowsOf(transaction);
    const get = (key: string) => this.#getWithin(rows(), key);
    const set = async (key: string, value: T) => this.#setWithin(rows(), key, value);
    const isKnown = async (key: string) => isThere(await rows().read(this.#name, key));
    return {
      get,
      set,
      delete: async (key) => {
        const isDeleted = await isKnown(key);
        rows().write({ namespace: this.#name, key, text: undefined });
        return isDeleted;
      },
      insertIfAbsent: async (key, value) => {
        if (await isKnown(key)) return false;
        await set(key, value);
        return true;
      },
      update: async (key, change) => {
        const known = await get(key);
        const next = change(known);
        if (next !== undefined) await set(key, next);
        return next ?? known;
      },
    };
  }

  async #getWithin(rows: TransactionRows, key: string): Promise<T | undefined> {
    const text = await rows.read(this.#name, key);
    if (text === undefined || !isThere(text)) return undefined;
    return this.#parse(key, parseStored(text).value);
  }

  #setWithin(rows: TransactionRows, key: string, value: T): void {
    this.#requireFit(key, value);
    rows.write({ namespace: this.#name, key, ...this.#toRow(value) });
  }

  /** Within a change of the connection. */
  #readNow(key: string): T | undefined {
    const text = this.#parts.connection.row(this.#name, key);
    if (text === undefined || !isThere(text)) return undefined;
    const parsed = this.#schema.safeParse(parseStored(text).value);
    if (parsed.success) return parsed.data;
    return this.#parts.setAside.replaceNow<T>({ collection: this.#name, key }, (now) => this.#judge(key, now));
  }

  /** Within a change of the connection. */
  #put(key: string, value: T): void {
    const { text, expires } = this.#toRow(value);
    this.#parts.connection.putRow(this.#name, key, text, expires);
  }

  #toRow(value: T): { readonly text: string; readonly expires?: number } {
    const { ttlMs } = this.#options;
    const expires = ttlMs === undefined ? {} : { expires: Date.now() + ttlMs };
    return { text: toStoredText({ value, ...expires }), ...expires };
  }

  #requireFit(key: string, value: T): void {
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) return;
    const what = `A value for ${this.#name}:${key} does not fit and was not stored: ${toReason(parsed.error)}.`;
    throw new StoreError('store-invalid', what);
  }

  async *#iterate(): AsyncGenerator<[string, unknown]> {
    for await (const entry of this.#parts.keyv.iterator?.() ?? []) {
      const [key, value]: unknown[] = entry;
      if (typeof key === 'string') yield [key, value];
    }
  }

  async #guard<R>(act: () => Promise<R>): Promise<R> {
    const { connection } = this.#parts;
    const failuresBefore = connection.failures;
    try {
      return await act();
    } catch (thrown) {
      if (thrown instanceof StoreError) throw thrown;
      const failed = connection.failures > failuresBefore ? connection.lastFailure : undefined;
      throw failed ?? new StoreError('store-failed', `The store failed: ${toErrorMessage(thrown)}`, { cause: thrown });
    }
  }

  async #parse(key: string, value: unknown): Promise<T | undefined> {
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) return parsed.data;
    return this.#parts.setAside.replace<T>({ collection: this.#name, key }, (now) => this.#judge(key, now));
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

/** Whether a row is there and not over its time. */
function isThere(text: string | undefined): boolean {
  return text !== undefined && !isOver(parseStored(text), Date.now());
}

/** Which fields do not fit, without their values. */
function toReason(error: z.ZodError): string {
  const [first] = error.issues;
  return first === undefined ? 'unknown' : `${first.path.join('.') || '(whole)'}: ${first.message}`;
}
