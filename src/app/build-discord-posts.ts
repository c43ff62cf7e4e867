import type { Client } from 'discord.js';
import { JobMarks } from '../discord/cards/job-marks.ts';
import { GuildReviewGate } from '../discord/cards/review-gate.ts';
import { DirectMessages } from '../discord/core/direct-messages.ts';
import { DiscordChannelPoster } from '../discord/core/discord-channel-poster.ts';
import { GuildDirectory } from '../discord/core/guild-directory.ts';
import { AlertPosts } from '../discord/moderation/alert-posts.ts';
import { ModeratorMessages, type ModeratorNotice } from '../discord/moderation/moderator-messages.ts';
import { ModeratorPosts } from '../discord/moderation/moderator-posts.ts';
import { RequesterMessages } from '../discord/moderation/requester-messages.ts';
import { NoticeMessages } from '../discord/notify/notice-messages.ts';
import { Alerts } from '../notifications/alerts.ts';
import { DirectNotices } from '../notifications/delivery/direct-notices.ts';
import { openPostRecords } from '../notifications/delivery/post-record.ts';
import { Sender } from '../notifications/delivery/sender.ts';
import type { LiveBoards } from '../notifications/live-boards/live-boards.ts';
import { CardPlaces } from '../notifications/live-cards/card-places.ts';
import type { HeldJobs } from '../notifications/planning/held-jobs.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import { buildGreetings, type GreetingStart } from './build-greetings.ts';
import type { Jobs } from './build-jobs.ts';
import { buildLiveBoards } from './build-live-boards.ts';
import type { Moderation } from './build-moderation.ts';
import type { Outside } from './outside.ts';
import type { PostObserver } from './post-observer.ts';

export interface DiscordPostsOptions {
  readonly outside: Outside;
  readonly client: Client;
  readonly moderation: Moderation;
  readonly jobs: Jobs;
  readonly served: ServedGuilds;
  readonly onPost?: PostObserver | undefined;
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
  readonly alertPosts: AlertPosts;
  readonly greetings: GreetingStart;
  readonly liveBoards: LiveBoards;
  /** What not everyone in a channel may see. */
  readonly held: HeldJobs;
}

/** Builds what posts; nothing is posted before alerts and direct notices are started. */
export function buildDiscordPosts(options: DiscordPostsOptions): DiscordPosts {
  const { outside, client, moderation, jobs, served, onPost, clock, logger } = options;
  const { store, queue, media } = outside;
  const { settings } = moderation;
  const { jobStore } = jobs;
  const directory = new GuildDirectory(client);
  const reviewGate = new GuildReviewGate({ ...moderation, accounts: jobs.accounts });
  const cardPlaces = new CardPlaces(store);
  const marks = new JobMarks(jobs.submissions.presses, cardPlaces, jobStore);
  const moderatorMessages = new ModeratorMessages(media);
  const moderatorPoster = new DiscordChannelPoster<ModeratorNotice>(client, moderatorMessages);
  const records = openPostRecords(store);
  const sender = new Sender<ModeratorNotice>({
    records,
    poster: moderatorPoster,
    clock,
    logger,
    onOutcome: onPost?.('moderators'),
  });
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
    requesters: new RequesterMessages({
      posts: moderatorPosts,
      direct,
      directory,
      jobs: jobStore,
      accounts: jobs.accounts,
    }),
    directNotices: new DirectNotices(queue),
    liveBoards: buildLiveBoards({
      outside,
      client,
      boards: jobs.boards,
      gate: reviewGate,
      served,
      onPost,
      clock,
      logger,
    }),
    greetings: buildGreetings({ outside, client, direct, directory, served, onPost, clock, logger }),
    alerts,
    alertPosts: new AlertPosts({
      alerts,
      settings,
      jobs: jobStore,
      posts: moderatorPosts,
      served,
      isOpenTo: (board, guildId) => outside.backend.isOpenTo(board, guildId),
      accounts: jobs.accounts,
      clock,
    }),
    held: {
      isHeld: (guildId, ref) => reviewGate.isHeld(guildId, ref),
      conceal: (guildId, job) => reviewGate.conceal(job, { guildId, isReviewer: false }),
    },
  };
}
