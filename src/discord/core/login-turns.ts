import type { APIGatewaySessionStartLimit } from 'discord.js';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { type BucketTurns, LocalTurns } from './bucket-turns.ts';

/** Log-ins that are left for starts of the process: Discord takes a bot's token away when a day's are used up. */
const RESERVED = 20;

/** Reads what Discord says of log-ins; anew where `isFresh`. */
type ReadLimit = (isFresh: boolean) => Promise<APIGatewaySessionStartLimit>;

/**
 * When each shard may log in: one at a time in each of Discord's buckets (`id % max_concurrency`), and not with the
 * last log-ins of a day.
 */
export class LoginTurns {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #turns: BucketTurns;
  /** The bucket of each shard that has logged in. */
  readonly #buckets = new Map<number, string>();

  /** @param turns Default: those of this process alone. */
  constructor(clock: Clock, logger: Logger, turns: BucketTurns = new LocalTurns(clock)) {
    this.#clock = clock;
    this.#logger = logger;
    this.#turns = turns;
  }

  /** Resolves when the shard may log in. Rejects when the signal is aborted. */
  async wait(shardId: number, readLimit: ReadLimit, signal: AbortSignal): Promise<void> {
    const isAgain = this.#buckets.has(shardId);
    const limit = await readLimit(isAgain);
    // The library sees to a process's first ones, but for one after a session of another process that is void.
    if (limit.remaining <= (isAgain ? RESERVED : 0)) {
      this.#logger.error({ ...limit }, 'Nearly all log-ins of the day are used up; waiting for new ones.');
      await this.#clock.sleep(limit.reset_after, signal);
    }
    const bucket = String(shardId % limit.max_concurrency);
    await this.#turns.take(bucket, signal);
    this.#buckets.set(shardId, bucket);
  }

  /** Told that a shard is logged in, so that the gap counts from when Discord surely knew of it. */
  noteReady(shardId: number): void {
    const bucket = this.#buckets.get(shardId);
    if (bucket !== undefined) this.#turns.noteReady(bucket);
  }
}
