import type { Clock } from '../src/shared/clock.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/**
 * Time that stands still until a test moves it, and a wall clock that a test can set; whole milliseconds, as a
 * computer's clock shows them.
 */
export class FakeClock implements Clock {
  #now: number;
  readonly #startAt: number;
  /** By how much the wall clock was set. */
  #setMs = 0;
  #sleepers: Sleeper[] = [];
  #watchers: { readonly count: number; resolve(): void }[] = [];

  /** @param startAt Epoch milliseconds; default 2025-10-23T14:16:00Z. */
  constructor(startAt = Date.UTC(2025, 9, 23, 14, 16)) {
    this.#now = startAt;
    this.#startAt = startAt;
  }

  now(): number {
    return this.#now + this.#setMs;
  }

  /** What a clock says that is right, whatever was done to this one. */
  rightNow(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now - this.#startAt;
  }

  /** Sets the wall clock, back where `ms` is negative; no time passes, and sleepers do not notice. */
  step(ms: number): void {
    this.#setMs += ms;
  }

  /** Milliseconds from now at which each sleeper wakes, soonest first. */
  get sleeping(): readonly number[] {
    return this.#sleepers.map((sleeper) => sleeper.at - this.#now).sort((a, b) => a - b);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal?.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal?.reason);
      };
      const wake = () => {
        leave();
        resolve();
      };
      const sleeper: Sleeper = { at: Math.ceil(this.#now + ms), wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', abort);
      this.#notifyWatchers();
    });
  }

  /**
   * Moves time on; sleepers wake in the order of their times, and what they start may sleep and wake
   * within the same advance.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let next = this.#nextDue(until); next !== undefined; next = this.#nextDue(until)) {
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settle();
    }
    this.#now = until;
    await settle();
  }

  /** Resolves as soon as `count` sleepers are asleep at once: waits for work that real sockets have to bring there. */
  async untilSleeping(count = 1): Promise<void> {
    if (this.#sleepers.length >= count) return;
    await new Promise<void>((resolve) => {
      this.#watchers.push({ count, resolve });
    });
  }

  #nextDue(until: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.at <= until && (next === undefined || sleeper.at < next.at)) next = sleeper;
    }
    return next;
  }

  #notifyWatchers(): void {
    const asleep = this.#sleepers.length;
    for (const watcher of this.#watchers.filter((other) => other.count <= asleep)) watcher.resolve();
    this.#watchers = this.#watchers.filter((other) => other.count > asleep);
  }
}

/** Turns of the event loop in which all that needs no time comes to its end: each write of the store takes one. */
const SETTLE_TURNS = 30;

/** Lets promise callbacks and ready I/O run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
