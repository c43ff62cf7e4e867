import type { z } from 'zod';
import type { Clock } from '../../shared/clock.ts';
import { SqliteTransaction, type Transaction } from '../../shared/transaction.ts';
import type {
  AddOptions,
  AddResult,
  CancelResult,
  EntryView,
  Handler,
  ListOptions,
  NamedQueue,
  NewEntry,
  QueueStats,
  RepeatOptions,
  WorkOptions,
} from '../contract.ts';
import { parsePayload } from '../handler-runner.ts';
import { QueueElsewhereError, QueuePayloadError } from '../queue-errors.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { SqliteEntries } from './sqlite-entries.ts';

export interface SqliteNamedQueueParts<Payload> {
  readonly name: string;
  readonly schema: z.ZodType<Payload>;
  readonly database: SqliteDatabase;
  readonly entries: SqliteEntries;
  readonly clock: Clock;
  work(handler: Handler<Payload>, options: WorkOptions): void;
  /** Makes this queue's worker look now. */
  wake(): void;
}

/** One queue of a `SqliteQueue`. */
export class SqliteNamedQueue<Input, Payload> implements NamedQueue<Input, Payload> {
  readonly name: string;
  readonly #parts: SqliteNamedQueueParts<Payload>;

  constructor(parts: SqliteNamedQueueParts<Payload>) {
    this.name = parts.name;
    this.#parts = parts;
  }

  async add(payload: Input, options: AddOptions = {}): Promise<AddResult> {
    const planned = { ...options, payload: this.#toJson(payload) };
    return this.#write((entries, now) => entries.add(this.name, planned, now));
  }

  async addMany(batch: readonly NewEntry<Input>[]): Promise<readonly AddResult[]> {
    const planned = batch.map((entry) => ({ ...entry, payload: this.#toJson(entry.payload) }));
    return this.#write((entries, now) => planned.map((entry) => entries.add(this.name, entry, now)));
  }

  addWithin(transaction: Transaction, batch: readonly NewEntry<Input>[]): void {
    const { database, entries, clock } = this.#parts;
    const planned = batch.map((entry) => ({ ...entry, payload: this.#toJson(entry.payload) }));
    if (!(transaction instanceof SqliteTransaction) || transaction.file !== database.shared)
      throw new QueueElsewhereError();
    transaction.stage(() => {
      for (const entry of planned) entries.add(this.name, entry, clock.now());
    });
    transaction.onCommitted(() => this.#parts.wake());
  }

  async repeat(payload: Input, options: RepeatOptions): Promise<AddResult> {
    const json = this.#toJson(payload);
    return this.#write((entries, now) => entries.repeat(this.name, json, options, now));
  }

  work(handler: Handler<Payload>, options: WorkOptions = {}): void {
    this.#parts.work(handler, options);
  }

  cancel(key: string): Promise<CancelResult> {
    return this.#write((entries) => entries.cancel(this.name, key));
  }

  get(key: string): Promise<EntryView | undefined> {
    return this.#read((entries, now) => entries.get(this.name, key, now));
  }

  stats(): Promise<QueueStats> {
    return this.#read((entries, now) => entries.stats(this.name, now));
  }

  list(options: ListOptions = {}): Promise<readonly EntryView[]> {
    return this.#read((entries, now) => entries.list(this.name, options, now));
  }

  /** The payload as it will be stored, checked as its handler will read it. */
  #toJson(payload: Input): string {
    const json = JSON.stringify(payload) ?? 'null';
    const parsed = parsePayload(this.#parts.schema, json);
    if (!parsed.success) throw new QueuePayloadError(this.name, parsed.error);
    return json;
  }

  async #write<T>(work: (entries: SqliteEntries, now: number) => T): Promise<T> {
    const { database, entries, clock } = this.#parts;
    const result = await database.write(() => work(entries, clock.now()));
    this.#parts.wake();
    return result;
  }

  #read<T>(work: (entries: SqliteEntries, now: number) => T): Promise<T> {
    const { database, entries, clock } = this.#parts;
    return database.read(() => work(entries, clock.now()));
  }
}
