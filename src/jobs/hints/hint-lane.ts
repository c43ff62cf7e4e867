import type { Clock } from '../../shared/clock.ts';
import { Limiter, type TurnOptions } from '../../shared/limiter.ts';

export interface HintLaneOptions {
  /** Looks at once. */
  readonly atOnce: number;
  /** Of these, those of one tenant. */
  readonly perTenant: number;
  /** So many looks follow one another without a pause. */
  readonly burst: number;
}

/** Between two looks once the burst is used up; as long gives one back. */
const PAUSE_MS = 50;

/** Looks that wait for one another, and for nothing else: tenants take turns. */
export class HintLane {
  readonly #burst: number;
  readonly #limiter: Limiter;
  readonly #clock: Clock;
  /** By the monotonic clock: when the pauses of all looks so far are over. */
  #pausedUntil = 0;

  constructor({ atOnce, perTenant, burst }: HintLaneOptions, clock: Clock) {
    this.#burst = burst;
    this.#limiter = new Limiter(atOnce, { perTenant });
    this.#clock = clock;
  }

  /** Looks when it is its turn; the signal ends the wait, not the look. */
  run<T>(look: () => Promise<T>, turn: TurnOptions): Promise<T> {
    return this.#limiter.run(async () => {
      await this.#pause(turn.signal);
      return look();
    }, turn);
  }

  async #pause(signal: AbortSignal | undefined): Promise<void> {
    const now = this.#clock.monotonicMs();
    this.#pausedUntil = Math.max(this.#pausedUntil, now) + PAUSE_MS;
    await this.#clock.sleep(Math.max(0, this.#pausedUntil - now - this.#burst * PAUSE_MS), signal);
  }
}
