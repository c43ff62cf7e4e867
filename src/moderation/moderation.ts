import { z } from 'zod';
import type { NamedQueue, Queue } from '../queue/contract.ts';
import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Store } from '../storage/contract.ts';
import { GuildSettings } from './guild-settings.ts';
import { AuditLog } from './log/audit-log.ts';
import { Permissions } from './permissions.ts';
import { Privacy } from './privacy.ts';
import { Quotas } from './quotas.ts';
import { Gate } from './reviews/gate.ts';
import { Reviews } from './reviews/reviews.ts';
import { Words } from './words.ts';

const UPKEEP_INTERVAL_MS = 60_000;
const RETENTION_INTERVAL_MS = 3_600_000;
const DAY_MS = 86_400_000;

const UpkeepTick = z.object({});
type UpkeepTick = z.infer<typeof UpkeepTick>;

export interface ModerationOptions {
  readonly store: Store;
  readonly queue: Pick<Queue, 'define'>;
  /** The servers that this process serves. */
  readonly guildIds: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Who may, what is shown, who did: built once, loaded before anything is answered, started after
 * the listeners were added.
 */
export class Moderation {
  readonly log: AuditLog;
  readonly settings: GuildSettings;
  readonly permissions: Permissions;
  readonly words: Words;
  readonly quotas: Quotas;
  readonly reviews: Reviews;
  readonly gate: Gate;
  readonly privacy: Privacy;
  readonly #guildIds: readonly string[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #ticks: NamedQueue<UpkeepTick, UpkeepTick>;
  readonly #onUpkeep: (() => Promise<void>)[] = [];
  /** By the monotonic clock. */
  #retainedAt = Number.NEGATIVE_INFINITY;

  constructor({ store, queue, guildIds, clock, logger }: ModerationOptions) {
    this.log = new AuditLog(store);
    this.settings = new GuildSettings({ store, log: this.log, clock });
    this.permissions = new Permissions(this.settings);
    this.words = new Words(this.settings);
    this.quotas = new Quotas({ store, settings: this.settings, clock });
    this.reviews = new Reviews({ store, queue, settings: this.settings, log: this.log, clock, logger });
    this.gate = new Gate({ reviews: this.reviews, settings: this.settings, words: this.words, guildIds });
    this.privacy = new Privacy({ store, log: this.log, quotas: this.quotas, reviews: this.reviews, clock });
    this.#guildIds = guildIds;
    this.#clock = clock;
    this.#logger = logger;
    this.#ticks = queue.define('moderation-upkeep', UpkeepTick);
  }

  /** Reads into memory what decides at once, and takes up what a crash left undone. Rejects with a `StoreError`. */
  async load(): Promise<void> {
    await this.settings.load(this.#guildIds);
    await this.quotas.load(this.#guildIds);
    await this.reviews.load();
    await this.privacy.load(this.#guildIds);
  }

  /** Starts telling of reviews, and the upkeep once a minute. */
  async start(): Promise<void> {
    this.reviews.start();
    this.#ticks.work(() => this.keepUp());
    await this.#ticks.repeat({}, { key: 'upkeep', everyMs: UPKEEP_INTERVAL_MS });
  }

  /** Calls `listener` at each upkeep, for what is to be tried again now and then. */
  onUpkeep(listener: () => Promise<void>): void {
    this.#onUpkeep.push(listener);
  }

  /**
   * Tries again what a failing store left undone, and once an hour forgets log entries that are older than
   * their server keeps them.
   */
  async keepUp(): Promise<void> {
    await this.#attempt(() => this.settings.settle());
    await this.#attempt(() => this.reviews.settle());
    await this.#attempt(() => this.privacy.load(this.#guildIds));
    for (const listener of this.#onUpkeep) await this.#attempt(listener);
    const now = this.#clock.monotonicMs();
    if (now - this.#retainedAt < RETENTION_INTERVAL_MS) return;
    this.#retainedAt = now;
    for (const guildId of this.#guildIds) await this.#attempt(() => this.applyRetention(guildId));
  }

  /** Forgets log entries that are older than this server keeps them. Rejects with a `StoreError`. */
  async applyRetention(guildId: string): Promise<void> {
    const { logRetentionDays } = this.settings.get(guildId);
    if (logRetentionDays !== undefined)
      await this.log.dropBefore(guildId, this.#clock.now() - logRetentionDays * DAY_MS);
  }

  /** One that fails does not keep the others from being done; the next tick tries it again. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#logger.warn({ reason: toErrorMessage(error) }, 'Upkeep of moderation failed; trying again later.');
    }
  }
}
