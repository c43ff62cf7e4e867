import { z } from 'zod';
import type { NamedQueue, Queue } from '../queue/contract.ts';
import type { Clock } from '../shared/clock.ts';
import type { Collection, Store } from '../storage/contract.ts';
import { NOTIFICATION_TTL_MS } from './planning/plan.ts';

/** A server that was seen. */
const SeenServer = z.object({ seenAt: z.number() });
type SeenServer = z.infer<typeof SeenServer>;

const GreetingTask = z.object({
  guildId: z.string(),
  ownerId: z.string(),
  /** The channel in which Discord itself greets; none: the owner is messaged. */
  channelId: z.string().exactOptional(),
});
/** A server to be greeted, and where. */
export type GreetingTask = z.infer<typeof GreetingTask>;

/** A server that the bot is in; `joinedAt` in epoch milliseconds. */
export type JoinedServer = GreetingTask & { readonly joinedAt: number };

export interface GreetingsOptions {
  readonly store: Pick<Store, 'collection'>;
  readonly queue: Pick<Queue, 'define'>;
  readonly clock: Clock;
}

/** Milliseconds for which a server that the bot has never seen counts as joined just now. */
const JUST_JOINED_MS = 24 * 60 * 60_000;

/** Servers that invited the bot, until each was greeted once. */
export class Greetings {
  readonly #seen: Collection<SeenServer>;
  readonly #tasks: NamedQueue<GreetingTask, GreetingTask>;
  readonly #clock: Clock;

  constructor({ store, queue, clock }: GreetingsOptions) {
    this.#seen = store.collection('greetings', SeenServer);
    this.#tasks = queue.define('greetings', GreetingTask);
    this.#clock = clock;
  }

  /**
   * To be called with each server at the start and when one joins; the first call for a server that joined just now
   * greets it.
   */
  async noteServer({ joinedAt, ...task }: JoinedServer): Promise<void> {
    const { guildId } = task;
    if ((await this.#seen.get(guildId)) !== undefined) return;
    const seenAt = this.#clock.now();
    // First the greeting, then that the server was seen: a crash in between adds the same key once more.
    if (Math.abs(seenAt - joinedAt) < JUST_JOINED_MS) await this.#add(task);
    await this.#seen.insertIfAbsent(guildId, { seenAt });
  }

  /** Forgets that a server was seen. */
  async forget(guildId: string): Promise<void> {
    await this.#seen.delete(guildId);
  }

  /** Starts posting: `post` is called until it resolves, and must greet a server at most once. */
  start(post: (task: GreetingTask, signal: AbortSignal) => Promise<void>): void {
    this.#tasks.work(({ payload, leaseLostSignal }) => post(payload, leaseLostSignal));
  }

  async #add(task: GreetingTask): Promise<void> {
    await this.#tasks.add(task, {
      key: task.guildId,
      group: task.guildId,
      tenant: task.guildId,
      keepKeyMs: NOTIFICATION_TTL_MS,
      maxAttempts: Number.POSITIVE_INFINITY,
      backoff: { maxMs: 300_000 },
    });
  }
}
