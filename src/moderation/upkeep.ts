import { z } from 'zod';
import type { NamedQueue, Queue } from '../queue/contract.ts';
import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import { Listeners } from '../shared/listeners.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import type { GuildSettings } from './guild-settings.ts';
import type { AuditLog } from './log/audit-log.ts';
import type { Privacy } from './privacy.ts';
import type { Reviews } from './reviews/reviews.ts';

const UPKEEP_INTERVAL_MS = 60_000;
const RETENTION_INTERVAL_MS = 3_600_000;
const DAY_MS = 86_400_000;

const UpkeepTick = z.object({});
type UpkeepTick = z.infer<typeof UpkeepTick>;

export interface UpkeepOptions {
  readonly queue: Pick<Queue, 'define'>;
  readonly settings: GuildSettings;
  readonly reviews: Pick<Reviews, 'settle'>;
  readonly privacy: Pick<Privacy, 'load'>;
  readonly log: Pick<AuditLog, 'dropBefore'>;
  readonly served: Pick<ServedGuilds, 'ids'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is tried again, and what is forgotten, now and then. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  readonly #ticks: NamedQueue<UpkeepTick, UpkeepTick>;
  readonly #due = new Listeners<[]>();
  /** Calls the listener once a minute, for what is to be tried again now and then. */
  readonly onDue = this.#due.on;
  /** By the monotonic clock. */
  #retainedAt = Number.NEGATIVE_INFINITY;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    const { queue, settings, reviews, privacy, served } = options;
    this.#ticks = queue.define('moderation-upkeep', UpkeepTick);
    this.onDue(() => settings.settle());
    this.onDue(() => reviews.settle());
    this.onDue(() => privacy.load(served.ids()));
  }

  /** Keeps up once a minute, one process for all. */
  async start(): Promise<void> {
    this.#ticks.work(() => this.keepUp());
    await this.#ticks.repeat({}, { key: 'upkeep', everyMs: UPKEEP_INTERVAL_MS });
  }

  /**
   * Tries again what a failing store left undone, and once an hour forgets log entries that are older than their server
   * keeps them. What fails does not keep the others from being done; the next tick tries it again.
   */
  async keepUp(): Promise<void> {
    const { served, clock, logger } = this.#options;
    const warn = (thrown: unknown) =>
      logger.warn({ reason: toErrorMessage(thrown) }, 'Upkeep of moderation failed; trying again later.');
    await this.#due.emitToEach(warn);
    const now = clock.monotonicMs();
    if (now - this.#retainedAt < RETENTION_INTERVAL_MS) return;
    this.#retainedAt = now;
    for (const guildId of served.ids()) await this.#applyRetention(guildId).catch(warn);
  }

  /** Forgets log entries that are older than this server keeps them. */
  async #applyRetention(guildId: string): Promise<void> {
    const { settings, log, clock } = this.#options;
    const { logRetentionDays } = settings.get(guildId);
    if (logRetentionDays !== undefined) await log.dropBefore(guildId, clock.now() - logRetentionDays * DAY_MS);
  }
}
