import type { z } from 'zod';
import { type AddOptions, type Handler, type NamedQueue, type Queue, RetryLater } from '../../src/queue/contract.ts';
import type { FakeClock } from '../fake-clock.ts';
import type { FaultyStore } from './faulty-store.ts';

interface Entry {
  readonly queue: string;
  readonly payload: unknown;
  readonly options: AddOptions;
  runAt: number;
  attempts: number;
}

/**
 * Entries that outlive the processes that work on them; they run when the test says so, and share the
 * fate of its store.
 */
export class FakeQueue {
  readonly #clock: FakeClock;
  readonly #store: FaultyStore;
  readonly #entries: Entry[] = [];
  #handlers = new Map<string, Handler<unknown>>();
  /** What handlers threw, newest last. */
  readonly failures: unknown[] = [];

  constructor(clock: FakeClock, store: FaultyStore) {
    this.#clock = clock;
    this.#store = store;
  }

  /** Another process: it has no handlers yet. */
  restart(): Pick<Queue, 'define'> {
    const handlers = new Map<string, Handler<unknown>>();
    this.#handlers = handlers;
    return { define: (name, schema) => this.#define(name, schema, handlers) };
  }

  /** Runs what is due, one entry after the other, until nothing is. */
  async runDue(): Promise<void> {
    for (let runs = 0; runs < 1_000; runs += 1) {
      const due = this.#entries.find((entry) => this.#isDue(entry));
      if (due === undefined) return;
      await this.#runOne(due);
    }
    throw new Error('It never ends.');
  }

  #isDue(entry: Entry): boolean {
    if (entry.runAt > this.#clock.now() || !this.#handlers.has(entry.queue)) return false;
    const { group } = entry.options;
    if (group === undefined) return true;
    return this.#entries.find((other) => other.queue === entry.queue && other.options.group === group) === entry;
  }

  async #runOne(entry: Entry): Promise<void> {
    const { payload, options, attempts } = entry;
    try {
      const verdict = await this.#handlers.get(entry.queue)?.({
        payload,
        key: options.key,
        group: options.group,
        attempt: attempts + 1,
        isLastAttempt: false,
        recovered: false,
        addedAt: 0,
        leaseLostSignal: new AbortController().signal,
      });
      if (verdict instanceof RetryLater) entry.runAt = this.#clock.now() + Math.max(1, verdict.afterMs);
      else this.#entries.splice(this.#entries.indexOf(entry), 1);
    } catch (error) {
      this.failures.push(error);
      entry.attempts += 1;
      entry.runAt = this.#clock.now() + 1_000;
    }
  }

  #define<Payload, Input>(
    name: string,
    schema: z.ZodType<Payload, Input>,
    handlers: Map<string, Handler<unknown>>,
  ): NamedQueue<Input, Payload> {
    const add = (payload: Input, options: AddOptions = {}) =>
      this.#store.run(async () => {
        const isTaken = this.#entries.some(
          (entry) => entry.queue === name && options.key !== undefined && entry.options.key === options.key,
        );
        if (isTaken) return 'exists';
        const runAt = this.#clock.now() + (options.delayMs ?? 0);
        this.#entries.push({ queue: name, payload: schema.parse(payload), options, runAt, attempts: 0 });
        return 'added';
      });
    const missing = () => Promise.reject(new Error('This is not faked.'));
    return {
      name,
      add: async (payload, options) => ((await add(payload, options)) === 'added' ? 'added' : 'exists'),
      work: (handler) => {
        handlers.set(name, (entry) => handler({ ...entry, payload: schema.parse(entry.payload) }));
      },
      addMany: missing,
      addWithin: () => {
        throw new Error('This is not faked.');
      },
      repeat: missing,
      get: missing,
      stats: missing,
    };
  }
}
