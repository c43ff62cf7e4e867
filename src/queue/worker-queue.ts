import type { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { CheckedQueue } from './checked-queue.ts';
import type { Handler, NamedQueue, Queue, StopOptions, WorkOptions } from './contract.ts';
import { toRunner } from './handler-runner.ts';
import type { EntryStore } from './planned-entry.ts';
import { QueueError, QueueStoppedError } from './queue-errors.ts';
import { type LeaseStore, WorkerLoop } from './worker-loop.ts';

export interface WorkerQueueParts {
  readonly entries: EntryStore;
  readonly leases: LeaseStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds after which a worker looks for entries that another process added. */
  readonly maxIdleMs: number;
  /** Called for each name, before anything is added under it. */
  defined?(name: string): void;
  /** Called once the workers have stopped. */
  close(): void | Promise<void>;
}

/** A queue over any engine: keeps the names and the worker loops. */
export class WorkerQueue implements Queue {
  readonly #parts: WorkerQueueParts;
  readonly #names = new Set<string>();
  readonly #loops = new Map<string, WorkerLoop>();
  #stopping: Promise<{ readonly unfinished: number }> | undefined;

  constructor(parts: WorkerQueueParts) {
    this.#parts = parts;
  }

  define<Payload, Input>(name: string, schema: z.ZodType<Payload, Input>): NamedQueue<Input, Payload> {
    if (this.#names.has(name)) throw new QueueError('queue-name-taken', `Queue "${name}" is defined twice.`);
    this.#names.add(name);
    this.#parts.defined?.(name);
    return new CheckedQueue<Input, Payload>({
      name,
      schema,
      entries: this.#parts.entries,
      work: (handler, options) => this.#work(name, schema, handler, options),
      wake: () => this.wakeWorker(name),
    });
  }

  /** Makes the worker of one queue look for due entries now. */
  wakeWorker(name: string): void {
    this.#loops.get(name)?.wake();
  }

  wake(): void {
    for (const loop of this.#loops.values()) loop.wake();
  }

  async whenIdle(): Promise<void> {
    let before: number;
    do {
      before = this.#countRuns();
      await Promise.all([...this.#loops.values()].map((loop) => loop.whenIdle()));
    } while (this.#countRuns() !== before);
  }

  stop(options: StopOptions = {}): Promise<{ readonly unfinished: number }> {
    this.#stopping ??= this.#stop(options.timeoutMs ?? 10_000);
    return this.#stopping;
  }

  async #stop(timeoutMs: number): Promise<{ readonly unfinished: number }> {
    const counts = await Promise.all([...this.#loops.values()].map((loop) => loop.stop(timeoutMs)));
    await this.#parts.close();
    let unfinished = 0;
    for (const count of counts) unfinished += count;
    return { unfinished };
  }

  #work<Payload>(name: string, schema: z.ZodType<Payload>, handler: Handler<Payload>, options: WorkOptions): void {
    if (this.#stopping !== undefined) throw new QueueStoppedError();
    if (this.#loops.has(name)) throw new QueueError('queue-worker-taken', `Queue "${name}" has a worker already.`);
    const { leases, clock, logger, maxIdleMs } = this.#parts;
    const loop = new WorkerLoop({
      queue: name,
      store: leases,
      clock,
      logger,
      concurrency: options.concurrency ?? 1,
      leaseMs: options.leaseMs ?? 30_000,
      maxIdleMs,
      run: toRunner(name, schema, handler),
    });
    this.#loops.set(name, loop);
    loop.start();
  }

  #countRuns(): number {
    let count = 0;
    for (const loop of this.#loops.values()) count += loop.startedRuns;
    return count;
  }
}
