import { Bot } from '../discord/core/bot.ts';
import { logRuleChange } from '../discord/moderation/audit-entries.ts';
import type { OwnAccounts } from '../jobs/own-accounts/own-accounts.ts';
import type { OwnPolls } from '../jobs/own-accounts/own-polls.ts';
import type { Queue } from '../queue/contract.ts';
import { ObservedQueue } from '../queue/observed-queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { ServedGuilds } from '../shared/served-guilds.ts';
import type { AppConfig } from './app-config.ts';
import { buildDiscord, type Discord } from './build-discord.ts';
import { buildDiscordPosts, type DiscordPosts } from './build-discord-posts.ts';
import { buildJobs, type Jobs } from './build-jobs.ts';
import { buildModeration, type Moderation } from './build-moderation.ts';
import { buildNotifications, type Notifications } from './build-notifications.ts';
import { buildOwnAccounts, buildOwnPolls } from './build-own-accounts.ts';
import { buildServers, type Servers } from './build-servers.ts';
import { openCommandPlaces } from './command-places.ts';
import type { DoctorOptions, ExamineServer } from './doctor/doctor-options.ts';
import type { Outside } from './outside.ts';
import type { PostObserver } from './post-observer.ts';
import { openStoreProbe } from './store-probe.ts';

export interface PartsOptions {
  readonly config: AppConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when Discord no longer knows the bot: nothing works any more. */
  readonly onFatal: (reason: string) => void;
  readonly onPost?: PostObserver | undefined;
}

/** All that is built, one field a room. */
export interface Parts {
  readonly outside: Outside;
  readonly bot: Bot;
  readonly served: ServedGuilds;
  readonly servers: Servers;
  readonly moderation: Moderation;
  /** What servers bring, and what looks at it. */
  readonly ownAccounts: OwnAccounts;
  readonly ownPolls: OwnPolls;
  readonly jobs: Jobs;
  readonly posts: DiscordPosts;
  readonly notifications: Notifications;
  readonly discord: Discord;
}

/** Builds each room once, in the order in which one needs another; nothing runs yet. */
export function buildParts(given: Outside, { config, clock, logger, onFatal, onPost }: PartsOptions): Parts {
  const queue = observeQueue(given.queue);
  const outside: Outside = { ...given, queue };
  const { store, backend } = outside;
  const { pollIntervalMs, guildReadsPerMinute, callbacks } = config;
  const served = new ServedGuilds();
  const { elsewhere } = outside;
  const bot = new Bot({ ...config.discord, elsewhere, commandPlaces: openCommandPlaces(store), logger, onFatal });
  const moderation = buildModeration({ store, queue, served, clock, logger });
  const ownAccounts = buildOwnAccounts({
    config,
    served,
    store,
    backend,
    open: outside.openOwn,
    log: moderation.log,
    clock,
    logger,
  });
  const isOwnClosed = (guildId: string) => ownAccounts.isClosed(guildId);
  const isDropped = (board: string) => ownAccounts.isDropped(board);
  const jobs = buildJobs({
    store,
    queue,
    backend,
    isOwnClosed,
    isDropped,
    pollIntervalMs,
    guildReadsPerMinute,
    callbacks,
    clock,
    logger,
  });
  const ownPolls = buildOwnPolls({ ...jobs, ownAccounts, backend, pollIntervalMs, clock, logger });
  const posts = buildDiscordPosts({ outside, client: bot.client, moderation, jobs, served, onPost, clock, logger });
  const { channelPoster, alertPosts, directNotices, held } = posts;
  const notifications = buildNotifications({
    store,
    queue,
    jobs: jobs.jobStore,
    poster: channelPoster,
    onPost,
    held,
    served,
    hasLeft: (guildId) => moderation.memberships.hasLeft(guildId),
    clock,
    logger,
    onSuspended: async (rule, reason) => {
      const missing = posts.directory.channel(rule.guildId, rule.channelId)?.missing ?? [];
      await alertPosts.onSuspended(rule, reason, missing);
      await directNotices.notifyOfSuspension(rule, reason, missing);
    },
    onMissedMention: directNotices.onMissedMention,
    recordRuleChange: (change, transaction) => logRuleChange(moderation.log, change, transaction),
    onFatal,
  });
  const examineServer = toExamineServer({
    bot,
    outside,
    queue,
    jobs,
    moderation,
    notifications,
    posts,
    writeStore: openStoreProbe(store, clock),
    clock,
  });
  const discord = buildDiscord({
    examineServer,
    bot,
    outside,
    ownAccounts,
    jobs,
    moderation,
    notifications,
    posts,
    served,
    clock,
    logger,
  });
  const servers = buildServers({
    listed: config.discord.guildIds,
    served,
    memberships: moderation.memberships,
    presence: bot.presence,
    load: async (guildId) => {
      await moderation.loadGuild(guildId);
      ownAccounts.open(guildId);
    },
    logger,
  });
  return { outside, bot, served, servers, moderation, ownAccounts, ownPolls, jobs, posts, notifications, discord };
}

/** What it takes is read from disk when somebody asks. */
function toExamineServer(options: DoctorOptions): ExamineServer {
  return async (guildId) => {
    const { examineRunning } = await import('./doctor/examine-running.ts');
    return examineRunning(options, guildId);
  };
}

/** A queue that says how much waits under each name. */
function observeQueue(queue: Queue): ObservedQueue {
  return queue instanceof ObservedQueue ? queue : new ObservedQueue(queue, { onRun: () => undefined });
}
