import { GuildSettings } from '../moderation/guild-settings.ts';
import { Words } from '../moderation/listed-words.ts';
import { AuditLog } from '../moderation/log/audit-log.ts';
import { Memberships } from '../moderation/memberships.ts';
import { Permissions } from '../moderation/permissions.ts';
import { Privacy } from '../moderation/privacy.ts';
import { Quotas } from '../moderation/quotas.ts';
import { Gate } from '../moderation/reviews/gate.ts';
import { Reviews } from '../moderation/reviews/reviews.ts';
import { Upkeep } from '../moderation/upkeep.ts';
import type { Queue } from '../queue/contract.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import type { Store } from '../storage/contract.ts';

export interface ModerationOptions {
  readonly store: Store;
  readonly queue: Pick<Queue, 'define'>;
  readonly served: ServedGuilds;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who may, what is shown, who did. */
export interface Moderation {
  readonly log: AuditLog;
  readonly settings: GuildSettings;
  readonly memberships: Memberships;
  readonly permissions: Permissions;
  readonly words: Words;
  readonly quotas: Quotas;
  readonly reviews: Reviews;
  readonly gate: Gate;
  readonly privacy: Privacy;
  readonly upkeep: Upkeep;
  /**
   * Reads into memory what decides at once, and takes up what a crash left undone: before anything is replied to.
   * Rejects with a `StoreError`.
   */
  load(): Promise<void>;
  /** The same for a server that joins. */
  loadGuild(guildId: string): Promise<void>;
  /** Deletes what is kept of a server. Rejects with a `StoreError`. */
  forget(guildId: string): Promise<void>;
  /** Starts notifying of reviews, and the upkeep: after the listeners were added. */
  start(): Promise<void>;
}

/** Builds what decides; nothing runs before `start`. */
export function buildModeration(options: ModerationOptions): Moderation {
  const { store, queue, served, clock, logger } = options;
  const log = new AuditLog(store);
  const settings = new GuildSettings({ store, log, clock });
  const words = new Words(settings);
  const quotas = new Quotas({ store, settings, clock });
  const reviews = new Reviews({ store, queue, settings, log, clock, logger });
  const privacy = new Privacy({ store, log, quotas, reviews, clock });
  const upkeep = new Upkeep({ queue, settings, reviews, privacy, log, served, clock, logger });
  const memberships = new Memberships({ store, settings, clock, logger });
  upkeep.onDue(() => memberships.settle());
  const loadGuilds = async (guildIds: readonly string[]) => {
    await settings.load(guildIds);
    await quotas.load(guildIds);
    await privacy.load(guildIds);
  };
  return {
    log,
    settings,
    memberships,
    permissions: new Permissions(settings),
    words,
    quotas,
    reviews,
    gate: new Gate({ reviews, settings, words, served }),
    privacy,
    upkeep,
    async load() {
      await loadGuilds([...served.ids(), ...memberships.listLeft()]);
      await reviews.load();
    },
    loadGuild: (guildId) => loadGuilds([guildId]),
    // In this order: the settings say for how long the rest is kept.
    async forget(guildId) {
      for (const kept of [reviews, quotas, privacy, log, settings]) await kept.forget(guildId);
    },
    async start() {
      reviews.start();
      await upkeep.start();
    },
  };
}
