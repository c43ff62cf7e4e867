import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { HeldShard, type ShardNeeds } from './held-shard.ts';
import type { ShardTable, TakenShard } from './shard-table.ts';

export interface ShardKeeperOptions {
  readonly shards: Pick<ShardTable, 'take' | 'leave' | 'leaveOthers'>;
  readonly needs: ShardNeeds;
  /** Called when it begins or ends to hold any. */
  readonly onHolding: (isHolding: boolean) => void;
}

/** How often it looks whether there are shards to take, or to leave to others. */
const LOOK_MS = 1_000;

/** Holds its fair share of the shards. */
export class ShardKeeper {
  readonly #options: ShardKeeperOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #held = new Map<number, HeldShard>();
  readonly #stopped = new AbortController();
  #count = -1;
  #hasFailed = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: ShardKeeperOptions) {
    this.#options = options;
    this.#clock = options.needs.clock;
    this.#logger = options.needs.logger;
  }

  /** How many it holds, and how many of them are connected. */
  get connections(): { readonly shards: number; readonly connected: number } {
    const all = [...this.#held.values()];
    return { shards: all.length, connected: all.filter(({ isUp }) => isUp).length };
  }

  start(): void {
    this.#looking = this.#lookUntilStopped();
  }

  /** Leaves all to others, who can resume where this one ended. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#looking;
    await Promise.all([...this.#held.keys()].map((id) => this.#leave(id)));
  }

  async #lookUntilStopped(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.#look().catch((thrown: unknown) => this.#report(thrown));
      await this.#clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { owner } = this.#options.needs;
    const { shards, fair, held, taken } = await this.#options.shards.take(owner);
    this.#hasFailed = false;
    if (shards !== this.#count) this.#beginAnew(shards);
    for (const shard of taken) this.#begin(shard, shards);
    // Where it was not heard that they were taken, or that they were left, nobody else could hold them.
    if (held > this.#held.size) await this.#options.shards.leaveOthers(owner, [...this.#held.keys()]);
    const surplus = [...this.#held.keys()].slice(fair);
    await Promise.all(surplus.map((id) => this.#leave(id)));
    this.#options.onHolding(this.#held.size > 0);
  }

  #begin(taken: TakenShard, of: number): void {
    // All began anew, with as many as before: it would go on beside the new one.
    void this.#held.get(taken.id)?.stop();
    const shard = new HeldShard(taken, of, this.#options.needs, () => this.#drop(shard));
    this.#held.set(taken.id, shard);
    this.#logger.info({ shard: taken.id, of, isResumed: taken.session !== null }, 'Took a shard.');
    void shard.start();
  }

  /** Discord spreads servers over so many shards in another way. */
  #beginAnew(count: number): void {
    if (count === 0)
      this.#logger.info({}, 'No process with BOT_ROLE=core has said yet how many shards there are; waiting for one.');
    this.#count = count;
    for (const shard of this.#held.values()) void shard.stop();
    this.#held.clear();
  }

  async #leave(id: number): Promise<void> {
    const shard = this.#held.get(id);
    this.#held.delete(id);
    await shard?.stop();
    this.#logger.info({ shard: id }, 'Left a shard to another process.');
    await this.#options.shards.leave(this.#options.needs.owner, id);
  }

  /** Another process holds it, or all shards begin anew. */
  #drop(shard: HeldShard): void {
    this.#logger.warn({ shard: shard.id }, 'This process holds the shard no longer.');
    if (this.#held.get(shard.id) === shard) this.#held.delete(shard.id);
    void shard.stop();
  }

  #report(thrown: unknown): void {
    if (!this.#hasFailed)
      this.#logger.warn({ reason: toErrorMessage(thrown) }, 'It cannot be seen which shards are free; trying again.');
    this.#hasFailed = true;
  }
}
