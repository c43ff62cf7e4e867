import type { Client } from 'discord.js';
import { JobMarks } from '../discord/cards/job-marks.ts';
import { GuildReviewGate } from '../discord/cards/review-gate.ts';
import { DirectMessages } from '../discord/core/direct-messages.ts';
import { DiscordChannelPoster } from '../discord/core/discord-channel-poster.ts';
import { GuildDirectory } from '../discord/core/guild-directory.ts';
import { AlertDesk } from '../discord/moderation/alert-posts.ts';
import { ModeratorMessages, type ModeratorNotice } from '../discord/moderation/moderator-messages.ts';
import { ModeratorPosts } from '../discord/moderation/moderator-posts.ts';
import { RequesterMessages } from '../discord/moderation/requester-messages.ts';
import { NoticeMessages } from '../discord/notify/notice-messages.ts';
import type { Moderation } from '../moderation/moderation.ts';
import { Alerts } from '../notifications/alerts.ts';
import { DirectNotices } from '../notifications/delivery/direct-notices.ts';
import { openPostRecords } from '../notifications/delivery/post-record.ts';
import { Sender } from '../notifications/delivery/sender.ts';
import { CardPlaces } from '../notifications/live-cards/card-places.ts';
import type { HeldJobs } from '../notifications/planning/held-jobs.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Jobs } from './jobs.ts';
import type { Outside } from './outside.ts';

export interface DiscordPostsOptions {
  readonly outside: Outside;
  readonly client: Client;
  readonly moderation: Moderation;
  readonly jobs: Jobs;
  /** The servers that are served. */
  readonly guildIds: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What Discord offers to notifications and moderation: posts into channels, to moderators and to one person. */
export interface DiscordPosts {
  readonly directory: GuildDirectory;
  readonly reviewGate: GuildReviewGate;
  readonly cardPlaces: CardPlaces;
  readonly marks: JobMarks;
  readonly channelPoster: DiscordChannelPoster;
  readonly moderatorMessages: ModeratorMessages;
  readonly moderatorPosts: ModeratorPosts;
  readonly requesters: RequesterMessages;
  readonly directNotices: DirectNotices;
  readonly alerts: Alerts;
  readonly alertDesk: AlertDesk;
  /** What everyone in a channel may not be told. */
  readonly held: HeldJobs;
}

/** Builds what posts; nothing is posted before alerts and direct notices are started. */
export function buildDiscordPosts(options: DiscordPostsOptions): DiscordPosts {
  const { outside, client, moderation, jobs, guildIds, clock, logger } = options;
  const { store, queue, media } = outside;
  const { settings } = moderation;
  const { jobStore } = jobs;
  const directory = new GuildDirectory(client);
  const reviewGate = new GuildReviewGate(moderation);
  const cardPlaces = new CardPlaces(store);
  const marks = new JobMarks(jobs.acting.presses, cardPlaces, jobStore);
  const moderatorMessages = new ModeratorMessages(media);
  const moderatorPoster = new DiscordChannelPoster<ModeratorNotice>(client, moderatorMessages);
  const records = openPostRecords(store);
  const sender = new Sender<ModeratorNotice>({ records, poster: moderatorPoster, clock, logger });
  const moderatorPosts = new ModeratorPosts({ sender, poster: moderatorPoster });
  const direct = new DirectMessages(client.rest, logger);
  const alerts = new Alerts({ queue, isWanted: (guildId) => settings.get(guildId).alertsChannelId !== undefined });
  return {
    directory,
    reviewGate,
    cardPlaces,
    marks,
    channelPoster: new DiscordChannelPoster(client, new NoticeMessages(media, marks)),
    moderatorMessages,
    moderatorPosts,
    requesters: new RequesterMessages({ posts: moderatorPosts, direct, directory }),
    directNotices: new DirectNotices(queue),
    alerts,
    alertDesk: new AlertDesk({ alerts, settings, jobs: jobStore, posts: moderatorPosts, guildIds, clock }),
    held: {
      isHeld: (guildId, ref) => reviewGate.isHeld(guildId, ref),
      conceal: (guildId, job) => reviewGate.conceal(job, { guildId, isReviewer: false }),
    },
  };
}
