import type { Clock } from '../../src/shared/clock.ts';

interface Entry {
  readonly dueAt: number;
  readonly run: () => void;
}

/**
 * Runs tasks after spans of the world's own time, which passes `speed` times as fast as the clock's; speed
 * 0 holds it still.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  #speed: number;
  #baseWorldMs = 0;
  #baseClockMs: number;
  #armedFor = Number.POSITIVE_INFINITY;
  #sleep = new AbortController();
  #isClosed = false;

  constructor(clock: Clock, speed: number) {
    this.#clock = clock;
    this.#speed = speed;
    this.#baseClockMs = clock.now();
  }

  get speed(): number {
    return this.#speed;
  }

  /** Milliseconds of world time since the start. */
  worldNow(): number {
    return this.#baseWorldMs + (this.#clock.now() - this.#baseClockMs) * this.#speed;
  }

  /** Applies to everything that is already planned, too. */
  setSpeed(speed: number): void {
    this.#baseWorldMs = this.worldNow();
    this.#baseClockMs = this.#clock.now();
    this.#speed = speed;
    this.#rearm();
  }

  /** Plans `run` for the world time `dueAt`; a later plan under the same key replaces it. */
  plan(key: string, dueAt: number, run: () => void): void {
    this.#entries.set(key, { dueAt, run });
    if (dueAt < this.#armedFor) this.#rearm();
  }

  cancel(key: string): void {
    this.#entries.delete(key);
  }

  close(): void {
    this.#isClosed = true;
    this.#entries.clear();
    this.#sleep.abort();
  }

  #rearm(): void {
    this.#sleep.abort();
    this.#armedFor = Number.POSITIVE_INFINITY;
    if (this.#isClosed || this.#speed <= 0 || this.#entries.size === 0) return;
    for (const { dueAt } of this.#entries.values()) this.#armedFor = Math.min(this.#armedFor, dueAt);
    const sleep = new AbortController();
    this.#sleep = sleep;
    const waitMs = Math.ceil(Math.max(0, this.#armedFor - this.worldNow()) / this.#speed);
    this.#clock.sleep(waitMs, sleep.signal).then(
      () => this.#runDue(sleep),
      () => undefined,
    );
  }

  #runDue(sleep: AbortController): void {
    if (sleep.signal.aborted || this.#isClosed) return;
    const now = this.worldNow();
    const due = [...this.#entries].filter(([, entry]) => entry.dueAt <= now + 0.5);
    due.sort(([, a], [, b]) => a.dueAt - b.dueAt);
    for (const [key, entry] of due) {
      if (this.#entries.get(key) !== entry) continue;
      this.#entries.delete(key);
      entry.run();
    }
    this.#rearm();
  }
}
