import type { APIGatewaySessionStartLimit } from 'discord.js';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { type BucketTurns, LocalTurns } from './bucket-turns.ts';

/** Log-ins that are left for starts of the process: Discord takes a bot's token away when a day's are used up. */
const RESERVED = 20;
const ASK_AGAIN_MS = 2_000;

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
  readonly #isAlone: boolean;
  /** The bucket of each shard that has logged in. */
  readonly #buckets = new Map<number, string>();

  /** @param turns Default: those of this process, which has all shards. */
  constructor(clock: Clock, logger: Logger, turns?: BucketTurns) {
    this.#clock = clock;
    this.#logger = logger;
    this.#isAlone = turns === undefined;
    this.#turns = turns ?? new LocalTurns(clock);
  }

  /** Resolves when the shard may log in. Rejects when the signal is aborted. */
  async wait(shardId: number, readLimit: ReadLimit, signal: AbortSignal): Promise<void> {
    const fewest = this.#buckets.has(shardId) ? RESERVED : 0;
    const { max_concurrency } = await readLimit(false);
    const bucket = String(shardId % max_concurrency);
    for (;;) {
      await this.#turns.take(bucket, signal);
      // Within the turn: the log-in before it is counted by now, of whichever process it was.
      const limit = await this.#readSurely(readLimit, signal);
      if (limit.remaining > fewest) break;
      this.#logger.error({ ...limit }, 'Nearly all log-ins of the day are used up; waiting for new ones.');
      this.#turns.noteReady(bucket);
      await this.#clock.sleep(limit.reset_after, signal);
    }
    this.#buckets.set(shardId, bucket);
  }

  /**
   * Before the very first log-in the library has just asked. If this rejected, the library would log in all the same,
   * and twice.
   */
  async #readSurely(readLimit: ReadLimit, signal: AbortSignal): Promise<APIGatewaySessionStartLimit> {
    if (this.#isAlone && this.#buckets.size === 0) return readLimit(false);
    for (;;) {
      try {
        return await readLimit(true);
      } catch (thrown) {
        const reason = toErrorMessage(thrown);
        this.#logger.warn({ reason }, 'Discord does not say how many log-ins are left; asking again.');
      }
      await this.#clock.sleep(ASK_AGAIN_MS, signal);
    }
  }

  /** Told that a shard is logged in, so that the gap counts from when Discord surely knew of it. */
  noteReady(shardId: number): void {
    const bucket = this.#buckets.get(shardId);
    if (bucket !== undefined) this.#turns.noteReady(bucket);
  }
}
