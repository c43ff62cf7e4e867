import type { Clock } from '../shared/clock.ts';

/** A rest that can be ended early. One caller rests at a time, except through `rest`. */
export class Pause {
  readonly #clock: Clock;
  readonly #closed = new AbortController();
  #resting: AbortController | undefined;
  #isWoken = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether `wake` was called since `forgetWakes`. */
  get isWoken(): boolean {
    return this.#isWoken;
  }

  forgetWakes(): void {
    this.#isWoken = false;
  }

  wake(): void {
    this.#isWoken = true;
    this.#resting?.abort();
  }

  /** Ends this and every later rest at once. */
  close(): void {
    this.#closed.abort();
    this.wake();
  }

  /** Resolves after `ms` milliseconds or at `wake`; at once if woken since `forgetWakes`. */
  async restUntilWoken(ms: number): Promise<void> {
    if (this.#isWoken || ms <= 0) return;
    this.#resting = new AbortController();
    await this.#sleep(ms, this.#resting.signal);
    this.#resting = undefined;
  }

  /** Resolves after `ms` milliseconds or at `close`. */
  async rest(ms: number): Promise<void> {
    if (ms > 0) await this.#sleep(ms, this.#closed.signal);
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    try {
      await this.#clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
