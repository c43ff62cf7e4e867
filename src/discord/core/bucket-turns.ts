import type { Clock } from '../../shared/clock.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';

/** Milliseconds between two log-ins of a bucket; Discord refuses a second one within five seconds. */
export const LOGIN_GAP_MS = 5_500;

/** Whose turn it is to log in, in each of Discord's buckets. */
export interface BucketTurns {
  /** Resolves when a shard of the bucket may log in. Rejects when the signal is aborted. */
  take(bucket: string, signal: AbortSignal): Promise<void>;
  /** Told when that shard is logged in, from when the gap counts. */
  noteReady(bucket: string): void;
}

/** For shards that all log in from this process. */
export class LocalTurns implements BucketTurns {
  readonly #clock: Clock;
  readonly #lock = new KeyedLock();
  /** By bucket, by the monotonic clock. */
  readonly #lastAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  take(bucket: string, signal: AbortSignal): Promise<void> {
    return this.#lock.run(bucket, () => this.#wait(bucket, signal));
  }

  noteReady(bucket: string): void {
    this.#lastAt.set(bucket, this.#clock.monotonicMs());
  }

  /** Waits once more where the log-in before became known meanwhile. */
  async #wait(bucket: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let waitedFor: number | undefined;
    for (let at = this.#lastAt.get(bucket); at !== undefined && at !== waitedFor; at = this.#lastAt.get(bucket)) {
      const leftMs = at + LOGIN_GAP_MS - this.#clock.monotonicMs();
      if (leftMs > 0) await this.#clock.sleep(leftMs, signal);
      waitedFor = at;
    }
    this.#lastAt.set(bucket, this.#clock.monotonicMs());
  }
}
