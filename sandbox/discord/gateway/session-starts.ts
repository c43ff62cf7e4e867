import type { Clock } from '../../../src/shared/clock.ts';

export interface SessionStartOptions {
  /** Log-ins in 24 hours; default 1,000. */
  readonly total?: number;
  /** Milliseconds in which one log-in is taken, as for a `max_concurrency` of 1; default 5,000. */
  readonly gapMs?: number;
}

/** What `GET /gateway/bot` says of log-ins. */
export interface SessionStartLimit {
  readonly total: number;
  readonly remaining: number;
  /** Milliseconds. */
  readonly reset_after: number;
  readonly max_concurrency: number;
}

const DAY_MS = 24 * 60 * 60_000;

/** Counts log-ins (IDENTIFY) as Discord does: one in five seconds, and a thousand a day. */
export class SessionStarts {
  readonly #options: SessionStartOptions | 'off';
  readonly #clock: Clock;
  #used = 0;
  #resetsAt = 0;
  /** Real time, as the client's pauses are. */
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(options: SessionStartOptions | 'off', clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  get limit(): SessionStartLimit {
    const total = this.#total;
    const leftMs = Math.max(0, this.#resetsAt - this.#clock.now());
    const used = leftMs === 0 ? 0 : this.#used;
    return { total, remaining: Math.max(0, total - used), reset_after: leftMs, max_concurrency: 1 };
  }

  /** Counts one more log-in, unless it is refused. */
  take(): 'taken' | 'too-soon' | 'used-up' {
    if (this.limit.remaining === 0) return 'used-up';
    const gapMs = this.#options === 'off' ? 0 : (this.#options.gapMs ?? 5_000);
    if (performance.now() - this.#lastAt < gapMs) return 'too-soon';
    this.#lastAt = performance.now();
    this.#count();
    return 'taken';
  }

  #count(): void {
    if (this.#clock.now() >= this.#resetsAt) {
      this.#used = 0;
      this.#resetsAt = this.#clock.now() + DAY_MS;
    }
    if (this.#options !== 'off') this.#used += 1;
  }

  get #total(): number {
    return this.#options === 'off' ? 1_000 : (this.#options.total ?? 1_000);
  }
}
