import { z } from 'zod';
import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import { Listeners } from '../shared/listeners.ts';
import type { Logger } from '../shared/logger.ts';
import type { Collection, Store } from '../storage/contract.ts';
import type { GuildSettings } from './guild-settings.ts';

const Membership = z.object({
  /** Epoch milliseconds; none: the bot is there. */
  leftAt: z.number().exactOptional(),
  /** Whether all that ends when the bot leaves has ended. */
  isEnded: z.boolean().exactOptional(),
});
type Membership = z.infer<typeof Membership>;

export interface MembershipsOptions {
  readonly store: Pick<Store, 'collection'>;
  readonly settings: Pick<GuildSettings, 'load' | 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const DAY_MS = 86_400_000;
/** Days for which the data of a server is kept that says nothing else by `/mod retention`. */
const DEFAULT_RETENTION_DAYS = 30;
const HERE: Membership = {};

/**
 * Which servers the bot is in, and which it has left, in memory once loaded. What ends with a server ends at once; its
 * data are kept for a time, in which it finds them again when it comes back.
 */
export class Memberships {
  readonly #options: MembershipsOptions;
  readonly #documents: Collection<Membership>;
  readonly #known = new Map<string, Membership>();
  readonly #lock = new KeyedLock();
  readonly #left = new Listeners<[guildId: string]>();
  readonly #forgotten = new Listeners<[guildId: string]>();
  /** Calls the listener with each server that the bot has left; called again where a listener fails. Idempotent. */
  readonly onLeft = this.#left.on;
  /** Calls the listener with each server of which nothing is to be kept; called again where a listener fails. */
  readonly onForgotten = this.#forgotten.on;

  constructor(options: MembershipsOptions) {
    this.#options = options;
    this.#documents = options.store.collection('memberships', Membership);
  }

  /** Rejects with a `StoreError`. */
  async load(): Promise<void> {
    for await (const [guildId, membership] of this.#documents.entries()) this.#known.set(guildId, membership);
  }

  /** The servers in which the bot was when it was last heard of them. */
  listHere(): readonly string[] {
    return [...this.#known].flatMap(([guildId, { leftAt }]) => (leftAt === undefined ? [guildId] : []));
  }

  listLeft(): readonly string[] {
    return [...this.#known.keys()].filter((guildId) => this.hasLeft(guildId));
  }

  /** Whether the bot is known to have left the server. */
  hasLeft(guildId: string): boolean {
    return this.#known.get(guildId)?.leftAt !== undefined;
  }

  /** The bot is in this server, or is there again. Rejects with a `StoreError`. */
  noteHere(guildId: string): Promise<void> {
    return this.#lock.run(guildId, async () => {
      const known = this.#known.get(guildId);
      if (known !== undefined && known.leftAt === undefined) return;
      await this.#set(guildId, HERE);
    });
  }

  /** The bot has left this server. Rejects with a `StoreError`. */
  noteLeft(guildId: string): Promise<void> {
    return this.#lock.run(guildId, async () => {
      if (this.hasLeft(guildId)) return;
      const left = { leftAt: this.#options.clock.now() };
      await this.#set(guildId, left);
      await this.#end(guildId, left);
    });
  }

  /** Ends what a crash or a failing store left undone, and forgets what was kept for long enough. */
  async settle(): Promise<void> {
    for (const guildId of this.listLeft()) await this.#lock.run(guildId, () => this.#settle(guildId));
  }

  async #settle(guildId: string): Promise<void> {
    const known = this.#known.get(guildId);
    if (known?.leftAt === undefined) return;
    if (known.isEnded !== true && !(await this.#end(guildId, known))) return;
    const keepMs = (await this.#toRetentionDays(guildId)) * DAY_MS;
    if (this.#options.clock.now() - known.leftAt >= keepMs) await this.#forget(guildId);
  }

  /** Whether all of it has ended. */
  #end(guildId: string, left: Membership): Promise<boolean> {
    return this.#attempt(guildId, async () => {
      await this.#left.emitInTurn(guildId);
      await this.#set(guildId, { ...left, isEnded: true });
    });
  }

  async #forget(guildId: string): Promise<void> {
    await this.#attempt(guildId, async () => {
      await this.#forgotten.emitInTurn(guildId);
      await this.#documents.delete(guildId);
      this.#known.delete(guildId);
    });
  }

  async #toRetentionDays(guildId: string): Promise<number> {
    const { settings } = this.#options;
    await settings.load([guildId]);
    return settings.get(guildId).logRetentionDays ?? DEFAULT_RETENTION_DAYS;
  }

  async #attempt(guildId: string, act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (thrown) {
      const reason = toErrorMessage(thrown);
      this.#options.logger.warn({ guildId, reason }, 'What ends with a server has not ended; trying again later.');
      return false;
    }
  }

  async #set(guildId: string, membership: Membership): Promise<void> {
    await this.#documents.set(guildId, membership);
    this.#known.set(guildId, membership);
  }
}
