import { type Clock, DONE } from '../../shared/clock.ts';
import { TimedOutError } from '../backend-errors.ts';
import type { CallControl } from './transport.ts';

/** How one caller waits. */
export interface Wait {
  readonly endpoint: string;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether nothing that is under way is joined. */
  readonly isFresh?: boolean | undefined;
}

interface Flight {
  readonly promise: Promise<unknown>;
  readonly controller: AbortController;
  deadlineAt: number;
  waiters: number;
  isOver: boolean;
}

/** Shares one call among all who ask for the same at the same time; the call ends early when nobody waits any more. */
export class Flights {
  readonly #clock: Clock;
  readonly #byKey = new Map<string, Flight>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Joins the call under `key`, or starts it; each caller has its own signal and deadline. */
  async share<T>(key: string, wait: Wait, start: (control: CallControl) => Promise<T>): Promise<T> {
    wait.signal?.throwIfAborted();
    const flight = this.#byKey.get(key) ?? this.#launch(key, start);
    flight.deadlineAt = Math.max(flight.deadlineAt, this.#clock.monotonicMs() + wait.deadlineMs);
    flight.waiters += 1;
    try {
      return (await this.#waitFor(flight, wait)) as T;
    } finally {
      flight.waiters -= 1;
      if (flight.waiters === 0) {
        this.#land(key, flight);
        if (!flight.isOver) flight.controller.abort();
      }
    }
  }

  #launch<T>(key: string, start: (control: CallControl) => Promise<T>): Flight {
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<T>();
    const flight: Flight = { promise, controller, deadlineAt: 0, waiters: 0, isOver: false };
    this.#byKey.set(key, flight);
    const land = () => {
      flight.isOver = true;
      this.#land(key, flight);
    };
    promise.then(land, land);
    // Starts after the first caller has set the deadline.
    queueMicrotask(() => resolve(start({ signal: controller.signal, deadlineAt: () => flight.deadlineAt })));
    return flight;
  }

  #land(key: string, flight: Flight): void {
    if (this.#byKey.get(key) === flight) this.#byKey.delete(key);
  }

  async #waitFor(flight: Flight, wait: Wait): Promise<unknown> {
    const own = new AbortController();
    const timer = wait.signal === undefined ? own.signal : AbortSignal.any([own.signal, wait.signal]);
    const tooLate = this.#clock.sleep(wait.deadlineMs, timer).then(
      () => Promise.reject(new TimedOutError({ endpoint: wait.endpoint, reason: 'deadline' })),
      () => Promise.reject(wait.signal?.reason),
    );
    tooLate.catch(() => undefined);
    try {
      return await Promise.race([flight.promise, tooLate]);
    } finally {
      own.abort(DONE);
    }
  }
}

/** Runs one call of its own under a signal and a deadline. */
export async function runAlone<T>(clock: Clock, wait: Wait, start: (control: CallControl) => Promise<T>): Promise<T> {
  wait.signal?.throwIfAborted();
  const deadlineAt = clock.monotonicMs() + wait.deadlineMs;
  const done = new AbortController();
  const late = new AbortController();
  clock.sleep(wait.deadlineMs, done.signal).then(
    () => late.abort(new TimedOutError({ endpoint: wait.endpoint, reason: 'deadline' })),
    () => undefined,
  );
  const signal = wait.signal === undefined ? late.signal : AbortSignal.any([late.signal, wait.signal]);
  try {
    return await start({ signal, deadlineAt: () => deadlineAt });
  } finally {
    done.abort(DONE);
  }
}
