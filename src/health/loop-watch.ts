import type { Clock } from '../shared/clock.ts';

/** How often the event loop is looked at. */
const BEAT_MS = 500;
/** A pause of so long keeps answers from reaching Discord in time. */
const LONG_MS = 10_000;
/**
 * How long it is remembered: long enough to be seen by whoever asks every ten seconds, too short to be seen three times
 * in a row, after which most supervisors kill.
 */
const REMEMBERED_MS = 15_000;

/** A pause in which the event loop did not turn. Milliseconds. */
export interface Block {
  readonly ms: number;
  readonly agoMs: number;
}

/** Notices that the event loop did not turn for long: a computation that went on and on, or a machine that slept. */
export class LoopWatch {
  readonly #clock: Clock;
  #beatAt: number;
  #block: { readonly ms: number; readonly endedAt: number } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beatAt = clock.monotonicMs();
  }

  /** Beats by itself until what it returns is called. */
  start(): () => void {
    const timer = setInterval(() => this.beat(), BEAT_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  beat(): void {
    const now = this.#clock.monotonicMs();
    const ms = now - this.#beatAt;
    if (ms >= LONG_MS) this.#block = { ms, endedAt: now };
    this.#beatAt = now;
  }

  /** The last long pause, where it was lately. */
  recentBlock(): Block | undefined {
    this.beat();
    if (this.#block === undefined) return undefined;
    const agoMs = this.#clock.monotonicMs() - this.#block.endedAt;
    return agoMs < REMEMBERED_MS ? { ms: this.#block.ms, agoMs } : undefined;
  }
}
