import { z } from 'zod';
import { UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import { TELLING_TTL_MS } from '../planning/plan.ts';

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
});
/** A live card: a job that a channel follows. */
export type Watch = z.infer<typeof Watch>;

const JobWatches = z.object({ watches: z.array(Watch) });
type JobWatches = z.infer<typeof JobWatches>;

export interface WatchId {
  readonly guildId: string;
  readonly channelId: string;
  readonly ref: string;
}

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

/**
 * Live cards by server and job: one document for all channels of a server that follow the same job, mirrored in memory.
 */
export class WatchStore {
  readonly #documents: Collection<JobWatches>;
  readonly #memory = new Map<string, readonly Watch[]>();
  #refs = new Set<string>();
  readonly #lock = new KeyedLock();

  constructor(store: Pick<Store, 'collection'>) {
    this.#documents = store.collection('watches', JobWatches, { ttlMs: TELLING_TTL_MS });
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

  #requireRoom(guildId: string, watches: readonly Watch[]): void {
    const ofGuild = this.all().filter((watch) => watch.guildId === guildId).length;
    if (watches.length < MAX_CHANNELS && ofGuild < MAX_PER_GUILD) return;
    const limit = `A job can be watched in ${MAX_CHANNELS} channels, and a server can watch ${MAX_PER_GUILD} jobs.`;
    throw new UserError('watches-full', `${limit} \`/watch list\` shows them, \`/watch remove\` ends one.`);
  }

  async #change<T>(
    id: Omit<WatchId, 'channelId'>,
    change: (watches: readonly Watch[]) => { next: readonly Watch[]; result: T },
  ): Promise<T> {
    const key = toKey(id);
    return this.#lock.run(key, async () => {
      const { next, result } = change((await this.#documents.get(key))?.watches ?? []);
      if (next.length === 0) await this.#documents.delete(key);
      else await this.#documents.set(key, { watches: [...next] });
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

function toKey({ guildId, ref }: Omit<WatchId, 'channelId'>): string {
  return `${guildId}:${ref}`;
}
