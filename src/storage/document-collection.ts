import type { Keyv } from 'keyv';
import type { z } from 'zod';
import { toErrorMessage } from '../shared/errors.ts';
import type { Transaction } from '../shared/transaction.ts';
import { type Collection, type CollectionOptions, type DocumentId, type Documents, StoreError } from './contract.ts';
import type { Decision, DocumentRows, RowWrite } from './document-rows.ts';
import type { Judgement, SetAside } from './set-aside.ts';
import { isOver, parseStored, type StoredValue, toStoredText, UNREADABLE } from './stored-text.ts';
import type { TransactionRows } from './transaction-rows.ts';

/** What a collection works on. */
export interface CollectionParts {
  readonly keyv: Keyv;
  readonly rows: DocumentRows;
  readonly setAside: SetAside;
  /** @throws StoreError for a transaction that is over, or of another store */
  rowsOf(transaction: Transaction): TransactionRows;
}

/** What a change of a document came to; `isUnreadable` where it must be set aside first. */
type Changed<T> = { readonly isUnreadable: true } | { readonly isUnreadable: false; readonly value: T | undefined };

/**
 * One namespace of Keyv's; Keyv reads and writes single values, and what must be atomic goes to the
 * rows.
 */
export class DocumentCollection<T> implements Collection<T> {
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
      throw this.#parts.rows.lastFailure ?? new StoreError('store-failed', 'The store refused a write.');
  }

  async delete(key: string): Promise<boolean> {
    return this.#guard(() => this.#parts.keyv.delete(key));
  }

  async insertIfAbsent(key: string, value: T): Promise<boolean> {
    this.#requireFit(key, value);
    return this.#parts.rows.change(this.#toId(key), (text) =>
      toStored(text) === undefined ? { result: true, writes: [this.#toRow(key, value)] } : { result: false },
    );
  }

  async update(key: string, change: (known: T | undefined) => T | undefined): Promise<T | undefined> {
    const id = this.#toId(key);
    for (;;) {
      const changed = await this.#parts.rows.change(id, (text) => this.#decide(key, text, change));
      if (!changed.isUnreadable) return changed.value;
      await this.#parts.setAside.move<T>(id, (now) => this.#judge(key, now));
    }
  }

  async *entries(): AsyncGenerator<[string, T]> {
    const { rows } = this.#parts;
    const iterator = this.#iterate();
    const failuresBefore = rows.failures;
    for (;;) {
      const next = await this.#guard(() => iterator.next());
      if (next.done === true) break;
      const [key, raw] = next.value;
      const value = await this.#parse(key, raw);
      if (value !== undefined) yield [key, value];
    }
    if (rows.failures > failuresBefore && rows.lastFailure) throw rows.lastFailure;
  }

  within(transaction: Transaction): Documents<T> {
    const rows = () => this.#parts.rowsOf(transaction);
    const get = (key: string) => this.#getWithin(rows(), key);
    const set = async (key: string, value: T) => this.#setWithin(rows(), key, value);
    const isKnown = async (key: string) => toStored(await rows().read(this.#toId(key))) !== undefined;
    return {
      get,
      set,
      delete: async (key) => {
        const isDeleted = await isKnown(key);
        rows().write({ ...this.#toId(key), text: undefined });
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
    const stored = toStored(await rows.read(this.#toId(key)));
    return stored && this.#parse(key, stored.value);
  }

  #setWithin(rows: TransactionRows, key: string, value: T): void {
    this.#requireFit(key, value);
    rows.write(this.#toRow(key, value));
  }

  #decide(
    key: string,
    text: string | undefined,
    change: (known: T | undefined) => T | undefined,
  ): Decision<Changed<T>> {
    const stored = toStored(text);
    const parsed = stored && this.#schema.safeParse(stored.value);
    if (parsed?.success === false) return { result: { isUnreadable: true } };
    const known = parsed?.data;
    const next = change(known);
    if (next === undefined) return { result: { isUnreadable: false, value: known } };
    this.#requireFit(key, next);
    return { result: { isUnreadable: false, value: next }, writes: [this.#toRow(key, next)] };
  }

  #toRow(key: string, value: T): RowWrite {
    const { ttlMs } = this.#options;
    const expires = ttlMs === undefined ? {} : { expires: Date.now() + ttlMs };
    return { ...this.#toId(key), text: toStoredText({ value, ...expires }), ...expires };
  }

  #toId(key: string): DocumentId {
    return { collection: this.#name, key };
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

  async #guard<R>(work: () => Promise<R>): Promise<R> {
    const { rows } = this.#parts;
    const failuresBefore = rows.failures;
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof StoreError) throw thrown;
      const failed = rows.failures > failuresBefore ? rows.lastFailure : undefined;
      throw failed ?? new StoreError('store-failed', `The store failed: ${toErrorMessage(thrown)}`, { cause: thrown });
    }
  }

  async #parse(key: string, value: unknown): Promise<T | undefined> {
    const parsed = this.#schema.safeParse(value);
    if (parsed.success) return parsed.data;
    return this.#parts.setAside.replace<T>(this.#toId(key), (now) => this.#judge(key, now));
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

/** What a row holds; undefined for none, and for one that is over its time. */
function toStored(text: string | undefined): StoredValue | undefined {
  if (text === undefined) return undefined;
  const stored = parseStored(text);
  return isOver(stored, Date.now()) ? undefined : stored;
}

/** Which fields do not fit, without their values. */
function toReason(error: z.ZodError): string {
  const [first] = error.issues;
  return first === undefined ? 'unknown' : `${first.path.join('.') || '(whole)'}: ${first.message}`;
}
