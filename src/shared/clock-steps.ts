import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

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

  /**
   * Milliseconds by which the wall clock was set since the last step that was reported, negative where it was set
   * back; 0 for none.
   */
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

/** Whoever knows limits by the wall clock, which would hold too long where that is set back. */
interface LimitKeeper {
  forgetLimits(): void;
}

/** Says in the log that the clock was set, and has limits forgotten where it was set back; returns how to stop it. */
export function watchClock(clock: Clock, logger: Logger, keepers: readonly LimitKeeper[]): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const steps = new ClockSteps(clock);
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
      const stepMs = signal.aborted ? 0 : steps.take();
      if (stepMs !== 0) logger.warn({ stepMs }, `The clock was set ${stepMs < 0 ? 'back' : 'forward'}.`);
      if (stepMs < 0) for (const keeper of keepers) keeper.forgetLimits();
    }
  };
  void watch();
  return () => stopping.abort();
}
