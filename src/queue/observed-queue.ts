import type { z } from 'zod';
import type { Transaction } from '../shared/transaction.ts';
import {
  type AddOptions,
  type AddResult,
  type EntryView,
  type Handler,
  type NamedQueue,
  type NewEntry,
  type Queue,
  type QueueStats,
  type RepeatOptions,
  RetryLater,
  type StopOptions,
  type WorkOptions,
} from './contract.ts';

/** One run of a handler: `later` was asked for by the handler itself. */
export interface QueueRun {
  readonly queue: string;
  readonly outcome: 'done' | 'later' | 'failed';
  readonly ms: number;
}

export interface QueueObserver {
  /** Must not throw. */
  onRun(run: QueueRun): void;
}

/** A queue of any engine that says how its runs go, and how much waits under each name. */
export class ObservedQueue implements Queue {
  readonly #inner: Queue;
  readonly #observer: QueueObserver;
  readonly #named = new Map<string, Pick<NamedQueue<never, unknown>, 'stats'>>();

  constructor(inner: Queue, observer: QueueObserver) {
    this.#inner = inner;
    this.#observer = observer;
  }

  define<Payload, Input>(name: string, schema: z.ZodType<Payload, Input>): NamedQueue<Input, Payload> {
    const named = this.#inner.define(name, schema);
    this.#named.set(name, named);
    return new ObservedNamedQueue(named, this.#observer);
  }

  /** Of every name that was defined. Rejects with a `QueueError`. */
  async stats(): Promise<ReadonlyMap<string, QueueStats>> {
    const read = Array.from(this.#named, async ([name, queue]) => [name, await queue.stats()] as const);
    return new Map(await Promise.all(read));
  }

  wake(): void {
    this.#inner.wake();
  }

  whenIdle(): Promise<void> {
    return this.#inner.whenIdle();
  }

  stop(options?: StopOptions): Promise<{ readonly unfinished: number }> {
    return this.#inner.stop(options);
  }
}

class ObservedNamedQueue<Input, Payload> implements NamedQueue<Input, Payload> {
  readonly name: string;
  readonly #inner: NamedQueue<Input, Payload>;
  readonly #observer: QueueObserver;

  constructor(inner: NamedQueue<Input, Payload>, observer: QueueObserver) {
    this.name = inner.name;
    this.#inner = inner;
    this.#observer = observer;
  }

  add(payload: Input, options?: AddOptions): Promise<AddResult> {
    return this.#inner.add(payload, options);
  }

  addMany(entries: readonly NewEntry<Input>[]): Promise<readonly AddResult[]> {
    return this.#inner.addMany(entries);
  }

  addWithin(transaction: Transaction, entries: readonly NewEntry<Input>[]): void {
    this.#inner.addWithin(transaction, entries);
  }

  repeat(payload: Input, options: RepeatOptions): Promise<AddResult> {
    return this.#inner.repeat(payload, options);
  }

  work(handler: Handler<Payload>, options?: WorkOptions): void {
    this.#inner.work(this.#observe(handler), options);
  }

  get(key: string): Promise<EntryView | undefined> {
    return this.#inner.get(key);
  }

  stats(): Promise<QueueStats> {
    return this.#inner.stats();
  }

  #observe(handler: Handler<Payload>): Handler<Payload> {
    return async (entry): Promise<RetryLater | undefined> => {
      const startedAt = performance.now();
      const report = (outcome: QueueRun['outcome']) =>
        this.#observer.onRun({ queue: this.name, outcome, ms: performance.now() - startedAt });
      try {
        const verdict = (await handler(entry)) ?? undefined;
        report(verdict === undefined ? 'done' : 'later');
        return verdict;
      } catch (thrown) {
        report(thrown instanceof RetryLater ? 'later' : 'failed');
        throw thrown;
      }
    };
  }
}
