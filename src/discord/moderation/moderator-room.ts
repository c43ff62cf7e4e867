import type { Client } from 'discord.js';
import type { JobStore } from '../../jobs/job-store.ts';
import type { JobTracker } from '../../jobs/job-tracker.ts';
import type { JobWatcher } from '../../jobs/job-watcher.ts';
import type { Refusal } from '../../jobs/submissions/refused-submissions.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import type { Moderation } from '../../moderation/moderation.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import { Alerts } from '../../notifications/alerts.ts';
import type { TellingOptions } from '../../notifications/create-notifications.ts';
import { DirectNotices } from '../../notifications/delivery/direct-notices.ts';
import { openPostRecords } from '../../notifications/delivery/post-record.ts';
import { Sender } from '../../notifications/delivery/sender.ts';
import type { Notifier } from '../../notifications/notifier.ts';
import type { HeldJobs } from '../../notifications/planning/held-jobs.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { MediaLender } from '../cards/job-cards.ts';
import { GuildReviewGate } from '../cards/review-gate.ts';
import { DirectMessages } from '../core/direct-messages.ts';
import { DiscordChannelPoster } from '../core/discord-channel-poster.ts';
import { GuildDirectory } from '../core/guild-directory.ts';
import { AlertDesk, type BlockedChannel } from './alert-posts.ts';
import { ModeratorMessages, type ModeratorNotice } from './moderator-messages.ts';
import { ModeratorPosts } from './moderator-posts.ts';
import { RequesterMessages } from './requester-messages.ts';
import { ReviewDesk } from './review-posts.ts';

export interface DesksOptions extends Pick<TellingOptions, 'store' | 'queue'> {
  readonly client: Client;
  readonly media: MediaLender;
  readonly moderation: Moderation;
  readonly jobs: JobStore;
  readonly guildIds: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What moderators hear, and what others may not see. */
export interface Desks {
  readonly messages: ModeratorMessages;
  readonly requesters: RequesterMessages;
  readonly directNotices: DirectNotices;
  readonly alertDesk: AlertDesk;
  readonly gate: GuildReviewGate;
  readonly log: AuditLog;
  /** What everyone in a channel may not be told. */
  readonly held: HeldJobs;
  openReviewDesk(notifier: Pick<Notifier, 'release' | 'drop'>): ReviewDesk;
}

/** Builds what moderators work at; nothing is posted before the alert desk and the reviews are started. */
export function createDesks(options: DesksOptions): Desks {
  const { client, media, moderation, jobs, store, queue, guildIds, clock, logger } = options;
  const { settings, log } = moderation;
  const messages = new ModeratorMessages(media);
  const poster = new DiscordChannelPoster<ModeratorNotice>(client, messages);
  const sender = new Sender<ModeratorNotice>({ records: openPostRecords(store), poster, clock, logger });
  const posts = new ModeratorPosts({ sender, poster });
  const alerts = new Alerts({ queue, isWanted: (guildId) => settings.get(guildId).alertsChannelId !== undefined });
  const gate = new GuildReviewGate(moderation);
  const directory = new GuildDirectory(client);
  const requesters = new RequesterMessages({ posts, direct: new DirectMessages(client.rest, logger), directory });
  return {
    messages,
    requesters,
    directNotices: new DirectNotices(queue),
    gate,
    log,
    alertDesk: new AlertDesk({ alerts, settings, jobs, posts, guildIds, clock }),
    held: {
      isHeld: (guildId, ref) => gate.isHeld(guildId, ref),
      conceal: (guildId, job) => gate.conceal(job, { guildId, isReviewer: false }),
    },
    openReviewDesk: (notifier) =>
      new ReviewDesk({ ...moderation, jobs, posts, requesters, directory, notifier, alerts, logger }),
  };
}

export interface NewsSources {
  readonly tracker: JobTracker;
  readonly watcher: JobWatcher;
  onBlocked(listener: (blocked: BlockedChannel) => Promise<void>): void;
  readonly acting: { readonly runner: { onRefused(listener: (refusal: Refusal) => Promise<void>): void } };
}

/** News for moderators travels by these calls alone; to be made after those that hold and tell. */
export function connectDesks(
  { tracker, watcher, onBlocked, acting }: NewsSources,
  reviews: Reviews,
  { alertDesk }: Desks,
  desk: ReviewDesk,
): void {
  tracker.onTransition(alertDesk.onTransition);
  watcher.onLostContact(alertDesk.onLostContact);
  onBlocked(alertDesk.onBlocked);
  acting.runner.onRefused(alertDesk.onRefused);
  reviews.onOpened(desk.onOpened);
  reviews.onDecided(desk.onDecided);
  reviews.onReminder(desk.onReminder);
}
