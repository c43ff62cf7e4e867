import type { Clock } from './clock.ts';

/** Milliseconds that the wall clock may be off after a look: clocks that are kept right move by less. */
const TOLERANCE_MS = 1_000;

/** Notices that the wall clock was set, by comparing it with the monotonic one. */
export class ClockSteps {
  readonly #clock: Clock;
  #offsetMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = this.#readOffsetMs();
  }

  /** Milliseconds by which the wall clock was set since the last step that was told, negative where it was set back; 0 for none. */
  take(): number {
    const offsetMs = this.#readOffsetMs();
    const stepMs = Math.round(offsetMs - this.#offsetMs);
    if (Math.abs(stepMs) < TOLERANCE_MS) return 0;
    this.#offsetMs = offsetMs;
    return stepMs;
  }

  #readOffsetMs(): number {
    return this.#clock.now() - this.#clock.monotonicMs();
  }
}

const LOOK_EVERY_MS = 5_000;

/** Calls `onStep` soon after each step of the wall clock, until the signal is aborted. */
export async function watchClock(clock: Clock, onStep: (stepMs: number) => void, signal: AbortSignal): Promise<void> {
  const steps = new ClockSteps(clock);
  while (!signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
    const stepMs = signal.aborted ? 0 : steps.take();
    if (stepMs !== 0) onStep(stepMs);
  }
}
