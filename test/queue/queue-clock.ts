import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/shared/clock.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** What else has to keep up with the clock, such as a server that has one of its own. */
export interface ClockFollower {
  /** Sets its time, in epoch milliseconds: the right one, whatever is done to the wall clock of a process. */
  setTime(now: number): Promise<void>;
  /** Resolves when nothing that was asked of it is under way; `false` if nothing was. */
  whenQuiet(): Promise<boolean>;
}

/** Turns of the event loop in which all that needs no time comes to its end: each write of the queue takes one. */
const SETTLE_TURNS = 30;

/** A clock that moves only when asked; `settle` lets everything run that needs no time. */
export class QueueClock implements Clock {
  #now: number;
  /** By how much the wall clock was set. */
  #setMs = 0;
  readonly #sleepers = new Set<Sleeper>();
  readonly #follower: ClockFollower | undefined;

  constructor(now = Date.UTC(2026, 0, 1), follower?: ClockFollower) {
    this.#now = now;
    this.#follower = follower;
  }

  now(): number {
    return this.#now + this.#setMs;
  }

  monotonicMs(): number {
    return this.#now;
  }

  /** Sets the wall clock, back where `ms` is negative; no time passes. */
  step(ms: number): void {
    this.#setMs += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const sleeper = { at: this.#now + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Lets pass `ms` milliseconds, waking sleepers in order. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      await this.#moveTo(Math.max(this.#now, next.at));
      this.#sleepers.delete(next);
      next.wake();
      await this.settle();
    }
    await this.#moveTo(until);
    await this.settle();
  }

  async settle(): Promise<void> {
    do {
      for (let turn = 0; turn < SETTLE_TURNS; turn += 1) await setImmediate();
    } while (await this.#follower?.whenQuiet());
  }

  async #moveTo(now: number): Promise<void> {
    if (now > this.#now) await this.#follower?.setTime(now);
    this.#now = now;
  }

  #next(until: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.at <= until && (first === undefined || sleeper.at < first.at)) first = sleeper;
    }
    return first;
  }
}

/** The clock of one process, whose time can be stopped: sleeps that end meanwhile go on after `thaw`. */
export class MortalClock implements Clock {
  readonly #clock: Clock;
  #frozen: PromiseWithResolvers<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isFrozen(): boolean {
    return this.#frozen !== undefined;
  }

  freeze(): void {
    this.#frozen ??= Promise.withResolvers<void>();
  }

  thaw(): void {
    this.#frozen?.resolve();
    this.#frozen = undefined;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal);
    await this.#frozen?.promise;
  }
}
