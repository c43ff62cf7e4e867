import type { Clock } from '../shared/clock.ts';
import { Listeners } from '../shared/listeners.ts';

/** `standing-by`: another process is at work, and this one waits for its turn. */
export type Phase = 'starting' | 'standing-by' | 'running' | 'stopping';

/** Where the process is between its start and its end. */
export class Lifecycle {
  readonly #clock: Clock;
  #phase: Phase = 'starting';
  #since: number;
  readonly #entered = new Listeners<[phase: Phase], void>();
  /** Calls the listener with each phase that begins; it must not throw. */
  readonly onEnter = this.#entered.on;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonicMs();
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Milliseconds for which it has been there. */
  get forMs(): number {
    return this.#clock.monotonicMs() - this.#since;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
    this.#since = this.#clock.monotonicMs();
    this.#entered.emit(phase);
  }
}
