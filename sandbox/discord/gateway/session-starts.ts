import type { Clock } from '../../../src/shared/clock.ts';

export interface SessionStartOptions {
  /** Log-ins in 24 hours; default 1,000. */
  readonly total?: number;
  /** Milliseconds in which each bucket of shards takes one log-in; default 5,000. */
  readonly gapMs?: number;
  /** How many buckets there are: a shard belongs to `id % maxConcurrency`; default 1. */
  readonly maxConcurrency?: number;
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
/** Buckets where nothing is limited. */
const MANY = 16;

/** Counts log-ins (IDENTIFY) as Discord does: one in five seconds for each bucket of shards, and a thousand a day. */
export class SessionStarts {
  readonly #options: SessionStartOptions | 'off';
  readonly #clock: Clock;
  #used = 0;
  #resetsAt = 0;
  /** By bucket. Real time, as the client's pauses are. */
  readonly #lastAt = new Map<number, number>();
  #tooSoon = 0;

  constructor(options: SessionStartOptions | 'off', clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  get limit(): SessionStartLimit {
    const total = this.#total;
    const leftMs = Math.max(0, this.#resetsAt - this.#clock.now());
    const used = leftMs === 0 ? 0 : this.#used;
    const remaining = Math.max(0, total - used);
    return { total, remaining, reset_after: leftMs, max_concurrency: this.#maxConcurrency };
  }

  /** How many log-ins were refused because they came too soon. */
  get tooSoon(): number {
    return this.#tooSoon;
  }

  /** Counts one more log-in of a shard, unless it is refused. */
  take(shardId: number): 'taken' | 'too-soon' | 'used-up' {
    if (this.limit.remaining === 0) return 'used-up';
    const bucket = shardId % this.#maxConcurrency;
    const gapMs = this.#options === 'off' ? 0 : (this.#options.gapMs ?? 5_000);
    if (performance.now() - (this.#lastAt.get(bucket) ?? Number.NEGATIVE_INFINITY) < gapMs) {
      this.#tooSoon += 1;
      return 'too-soon';
    }
    this.#lastAt.set(bucket, performance.now());
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

  get #maxConcurrency(): number {
    return this.#options === 'off' ? MANY : (this.#options.maxConcurrency ?? 1);
  }
}
