import { z } from 'zod';
import { UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import { NOTIFICATION_TTL_MS } from '../planning/plan.ts';
import { notificationProblemWords } from '../words.ts';

const Watch = z.object({
  guildId: z.string(),
  channelId: z.string(),
  ref: z.string(),
  /** Who is mentioned at the end. */
  askedBy: z.array(z.string()),
  /** Epoch milliseconds; tells a watch from an earlier one of the same job and channel. */
  addedAt: z.number(),
  /** The message that the card answers. */
  replyTo: z.string().exactOptional(),
  /** Who asked last to cancel the job. */
  cancelledBy: z.string().exactOptional(),
});
/** A live card: a job that a channel follows. */
export type Watch = z.infer<typeof Watch>;

const JobWatches = z.object({
  watches: z.array(Watch),
  /** Those that people ended last, oldest first, each as it was. */
  stopped: z.array(Watch).exactOptional(),
});
type JobWatches = z.infer<typeof JobWatches>;

export interface WatchId {
  readonly guildId: string;
  readonly channelId: string;
  readonly ref: string;
}

/** `left`: others still follow the job there; `ended`: nobody does any more. */
export type LeaveOutcome = 'left' | 'ended' | 'not-found';

/** How a live card is added. */
export interface AddOptions {
  /** The message that the card answers. */
  readonly replyTo?: string;
  /** Whether the job was made a moment ago: its card is shown though it has ended already. */
  readonly isNew?: boolean;
}

const MAX_CHANNELS = 10;
const MAX_PEOPLE = 10;
const MAX_PER_GUILD = 100;
const MAX_STOPPED = 5;

/**
 * Live cards by server and job: one document for all channels of a server that follow the same job, mirrored in memory.
 */
export class WatchStore {
  readonly #documents: Collection<JobWatches>;
  readonly #memory = new Map<string, readonly Watch[]>();
  #refs = new Set<string>();
  readonly #lock = new KeyedLock();

  constructor(store: Pick<Store, 'collection'>) {
    this.#documents = store.collection('watches', JobWatches, { ttlMs: NOTIFICATION_TTL_MS });
  }

  /** Reads all documents after a start. */
  async restore(): Promise<void> {
    for await (const [key, { watches }] of this.#documents.entries()) this.#remember(key, watches);
  }

  /** From memory. */
  all(): Watch[] {
    return [...this.#memory.values()].flat();
  }

  /** From memory: whether any channel follows this job. */
  hasJob(ref: string): boolean {
    return this.#refs.has(ref);
  }

  /** Read from the store: the channels of a server that follow a job. */
  async listOf(guildId: string, ref: string): Promise<readonly Watch[]> {
    return (await this.#documents.get(toKey({ guildId, ref })))?.watches ?? [];
  }

  /** Read from the store at once: of many servers, those in which a channel follows a job. */
  async filterFollowing(guildIds: readonly string[], ref: string): Promise<readonly string[]> {
    const documents = await this.#documents.getMany(guildIds.map((guildId) => toKey({ guildId, ref })));
    return guildIds.filter((_, at) => (documents[at]?.watches.length ?? 0) > 0);
  }

  async get(id: WatchId): Promise<Watch | undefined> {
    return (await this.listOf(id.guildId, id.ref)).find((watch) => watch.channelId === id.channelId);
  }

  /** Adds a live card, or the person to one that is there. @throws UserError where there are too many. */
  async add(
    id: WatchId,
    userId: string,
    now: number,
    replyTo?: string,
  ): Promise<{ readonly watch: Watch; readonly isNew: boolean }> {
    return this.#change(id, (watches) => {
      const known = watches.find((watch) => watch.channelId === id.channelId);
      if (known === undefined) this.#requireRoom(id.guildId, watches);
      const { guildId, channelId, ref } = id;
      const before = known ?? { guildId, channelId, ref, askedBy: [], addedAt: now, ...(replyTo && { replyTo }) };
      const watch = { ...before, askedBy: [...new Set([...before.askedBy, userId])].slice(0, MAX_PEOPLE) };
      const others = watches.filter((other) => other !== known);
      return { next: [...others, watch], result: { watch, isNew: known === undefined } };
    });
  }

  /** Whether there was such a live card. With `addedAt`: only that one, not a later one of the same job and channel. */
  async remove(id: WatchId, addedAt?: number): Promise<boolean> {
    return this.#change(id, (watches) => {
      const isMeant = (watch: Watch) =>
        watch.channelId === id.channelId && (addedAt === undefined || watch.addedAt === addedAt);
      return { next: watches.filter((watch) => !isMeant(watch)), result: watches.some(isMeant) };
    });
  }

  /** Notes in all live cards of a job who is about to cancel it. */
  noteCancelling(id: Omit<WatchId, 'channelId'>, userId: string): Promise<void> {
    return this.#change<void>(id, (watches) => ({
      next: watches.map((watch) => ({ ...watch, cancelledBy: userId })),
      result: undefined,
    }));
  }

  /** Ends a live card so that it can be resumed; undefined if there is none. */
  stop(id: WatchId): Promise<Watch | undefined> {
    return this.#change(id, (watches, stopped) => {
      const watch = watches.find(({ channelId }) => channelId === id.channelId);
      if (watch === undefined) return { next: watches, result: undefined };
      return { next: without(watches, watch), stopped: [...stopped, watch], result: watch };
    });
  }

  /** Takes one person out; the last one ends the live card, as `stop` does. */
  leave(id: WatchId, userId: string): Promise<LeaveOutcome> {
    return this.#change<LeaveOutcome>(id, (watches, stopped) => {
      const watch = watches.find(({ channelId }) => channelId === id.channelId);
      if (watch?.askedBy.includes(userId) !== true) return { next: watches, result: 'not-found' };
      const askedBy = watch.askedBy.filter((other) => other !== userId);
      const others = without(watches, watch);
      if (askedBy.length > 0) return { next: [...others, { ...watch, askedBy }], result: 'left' };
      return { next: others, stopped: [...stopped, watch], result: 'ended' };
    });
  }

  /**
   * Brings back a live card that was stopped, with its message and all who are pinged; undefined if it is not known any
   * more. @throws UserError where there are too many.
   */
  resume(id: WatchId, addedAt: number): Promise<Watch | undefined> {
    return this.#change(id, (watches, stopped) => {
      const watch = stopped.find((other) => other.channelId === id.channelId && other.addedAt === addedAt);
      if (watch === undefined) return { next: watches, result: undefined };
      const now = watches.find(({ channelId }) => channelId === id.channelId);
      if (now === undefined) this.#requireRoom(id.guildId, watches);
      const askedBy = [...new Set([...watch.askedBy, ...(now?.askedBy ?? [])])].slice(0, MAX_PEOPLE);
      const resumed = { ...(now ?? watch), askedBy };
      return { next: [...without(watches, now), resumed], stopped: without(stopped, watch), result: resumed };
    });
  }

  /** Ends all live cards of a server for good. */
  async endAllOf(guildId: string): Promise<void> {
    const keys: string[] = [];
    for await (const [key] of this.#documents.entries()) if (key.startsWith(`${guildId}:`)) keys.push(key);
    for (const key of keys) {
      await this.#lock.run(key, async () => {
        await this.#documents.delete(key);
        this.#remember(key, []);
      });
    }
  }

  #requireRoom(guildId: string, watches: readonly Watch[]): void {
    const ofGuild = this.all().filter((watch) => watch.guildId === guildId).length;
    if (watches.length < MAX_CHANNELS && ofGuild < MAX_PER_GUILD) return;
    throw new UserError('watches-full', notificationProblemWords.tooManyWatches(MAX_CHANNELS, MAX_PER_GUILD));
  }

  async #change<T>(
    id: Omit<WatchId, 'channelId'>,
    change: (watches: readonly Watch[], stopped: readonly Watch[]) => Changed<T>,
  ): Promise<T> {
    const key = toKey(id);
    return this.#lock.run(key, async () => {
      const known = await this.#documents.get(key);
      const { next, stopped = known?.stopped ?? [], result } = change(known?.watches ?? [], known?.stopped ?? []);
      const kept = stopped.slice(-MAX_STOPPED);
      const rest = kept.length === 0 ? {} : { stopped: kept };
      if (next.length === 0 && kept.length === 0) await this.#documents.delete(key);
      else await this.#documents.set(key, { watches: [...next], ...rest });
      this.#remember(key, next);
      return result;
    });
  }

  #remember(key: string, watches: readonly Watch[]): void {
    if (watches.length === 0) this.#memory.delete(key);
    else this.#memory.set(key, watches);
    this.#refs = new Set(this.all().map((watch) => watch.ref));
  }
}

interface Changed<T> {
  readonly next: readonly Watch[];
  /** As before if left out. */
  readonly stopped?: readonly Watch[];
  readonly result: T;
}

function without(watches: readonly Watch[], watch: Watch | undefined): readonly Watch[] {
  return watches.filter((other) => other !== watch);
}

function toKey({ guildId, ref }: Omit<WatchId, 'channelId'>): string {
  return `${guildId}:${ref}`;
}
