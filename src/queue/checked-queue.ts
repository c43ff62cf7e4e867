import type { z } from 'zod';
import type { Transaction } from '../shared/transaction.ts';
import type {
  AddOptions,
  AddResult,
  EntryView,
  Handler,
  NamedQueue,
  NewEntry,
  QueueStats,
  RepeatOptions,
  WorkOptions,
} from './contract.ts';
import { parsePayload } from './handler-runner.ts';
import { type EntryStore, type PlannedEntry, toPlannedEntry } from './planned-entry.ts';
import { QueuePayloadError } from './queue-errors.ts';

export interface CheckedQueueParts<Payload> {
  readonly name: string;
  readonly schema: z.ZodType<Payload>;
  readonly entries: EntryStore;
  work(handler: Handler<Payload>, options: WorkOptions): void;
  /** Makes this queue's worker look now. */
  wake(): void;
}

/** One queue of any engine: checks what goes in, and wakes the worker for it. */
export class CheckedQueue<Input, Payload> implements NamedQueue<Input, Payload> {
  readonly name: string;
  readonly #parts: CheckedQueueParts<Payload>;

  constructor(parts: CheckedQueueParts<Payload>) {
    this.name = parts.name;
    this.#parts = parts;
  }

  async add(payload: Input, options: AddOptions = {}): Promise<AddResult> {
    const [result = 'exists'] = await this.addMany([{ ...options, payload }]);
    return result;
  }

  async addMany(batch: readonly NewEntry<Input>[]): Promise<readonly AddResult[]> {
    const results = await this.#parts.entries.add(this.name, this.#plan(batch));
    this.#parts.wake();
    return results;
  }

  addWithin(transaction: Transaction, batch: readonly NewEntry<Input>[]): void {
    this.#parts.entries.addWithin(transaction, this.name, this.#plan(batch), () => this.#parts.wake());
  }

  async repeat(payload: Input, options: RepeatOptions): Promise<AddResult> {
    const result = await this.#parts.entries.repeat(this.name, this.#toJson(payload), options);
    this.#parts.wake();
    return result;
  }

  work(handler: Handler<Payload>, options: WorkOptions = {}): void {
    this.#parts.work(handler, options);
  }

  get(key: string): Promise<EntryView | undefined> {
    return this.#parts.entries.get(this.name, key);
  }

  stats(): Promise<QueueStats> {
    return this.#parts.entries.stats(this.name);
  }

  #plan(batch: readonly NewEntry<Input>[]): readonly PlannedEntry[] {
    return batch.map((entry) => toPlannedEntry(this.#toJson(entry.payload), entry));
  }

  /** The payload as it will be stored, checked as its handler will read it. */
  #toJson(payload: Input): string {
    const json = JSON.stringify(payload) ?? 'null';
    const parsed = parsePayload(this.#parts.schema, json);
    if (!parsed.success) throw new QueuePayloadError(this.name, parsed.error);
    return json;
  }
}
