import { z } from 'zod';
import type { AddOptions, Handler, NamedQueue, Queue } from '../../src/queue/contract.ts';
import { type ClockFollower, MortalClock, QueueClock } from './queue-clock.ts';

/** One place where entries are kept; each `open` is another process that shares it. */
export interface QueueStore {
  open(clock: MortalClock, options?: QueueTestOptions): Promise<Queue>;
  /** Where the engine goes by a clock that is not the process's. */
  readonly follower?: ClockFollower;
  destroy(): Promise<void>;
}

/** What every engine takes. */
export interface QueueTestOptions {
  readonly maxIdleMs?: number;
  readonly random?: () => number;
}

export interface QueueEngine {
  createStore(): Promise<QueueStore>;
  /** Called after the last test. */
  end?(): Promise<void>;
}

/** When the time of a test begins; a server's clock must be set to it. */
export const START_AT = Date.UTC(2026, 0, 1);

export const Payload = z.object({ n: z.number() });
export type Payload = z.infer<typeof Payload>;
type TestQueue = NamedQueue<Payload, Payload>;

interface Process {
  readonly queue: Queue;
  readonly work: TestQueue;
  /** Stops its time: it neither wakes nor renews a lease, as if killed. */
  freeze(): void;
  thaw(): void;
}

/** The world of one test. */
export class World {
  readonly clock: QueueClock;
  readonly #store: QueueStore;
  readonly #processes: Process[] = [];

  constructor(store: QueueStore) {
    this.#store = store;
    this.clock = new QueueClock(START_AT, store.follower);
  }

  async start(handler?: Handler<Payload>, options = {}): Promise<Process> {
    const clock = new MortalClock(this.clock);
    const queue = await this.#store.open(clock);
    const work = queue.define('work', Payload);
    if (handler !== undefined) work.work(handler, options);
    const process = { queue, work, freeze: () => clock.freeze(), thaw: () => clock.thaw() };
    this.#processes.push(process);
    return process;
  }

  async end(): Promise<void> {
    for (const { queue } of this.#processes) await queue.stop({ timeoutMs: 0 });
    await this.#store.destroy();
  }
}

/** A handler that notes what it was given and answers as asked. */
export class Notes {
  readonly seen: number[] = [];
  readonly gates = new Map<number, PromiseWithResolvers<void>>();
  active = 0;
  most = 0;

  readonly handle: Handler<Payload> = async ({ payload }) => {
    this.seen.push(payload.n);
    this.active += 1;
    this.most = Math.max(this.most, this.active);
    await this.gates.get(payload.n)?.promise;
    this.active -= 1;
  };

  /** Makes runs of this payload wait; call the result to let them go on. */
  hold(n: number): () => void {
    const gate = Promise.withResolvers<void>();
    this.gates.set(n, gate);
    return () => gate.resolve();
  }
}

/** Waits of 1, 2, 4 … seconds. */
export const plain = { backoff: { baseMs: 1000, maxMs: 60_000, jitter: 0 } } satisfies AddOptions;
