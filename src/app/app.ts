import { z } from 'zod';
import { onAccessChanged } from '../discord/core/access-news.ts';
import { Bot } from '../discord/core/bot.ts';
import { logRuleChange } from '../discord/moderation/audit-entries.ts';
import type { ReviewDesk } from '../discord/moderation/review-posts.ts';
import { logAct, logMade } from '../discord/moderation/submission-log.ts';
import type { Router } from '../discord/router.ts';
import { connectActs, connectCards } from '../discord/submissions/submission-wiring.ts';
import type { JobWatcher } from '../jobs/job-watcher.ts';
import { Moderation } from '../moderation/moderation.ts';
import type { Queue } from '../queue/contract.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { watchClock } from '../shared/clock-steps.ts';
import { isDoneWithin } from '../shared/done-within.ts';
import type { Logger } from '../shared/logger.ts';
import type { AppConfig } from './app-config.ts';
import { buildDiscord, type Discord } from './discord.ts';
import { buildDiscordPosts, type DiscordPosts } from './discord-posts.ts';
import { connectJobPipeline, createJobPipeline } from './job-pipeline.ts';
import { buildJobs, type Jobs } from './jobs.ts';
import { buildNotifications, type Notifications } from './notifications.ts';
import { type Outside, openOutside } from './outside.ts';

export interface AppOptions {
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Bytes the store's file may have, to try out a full disk; default: no limit. */
  readonly maxStoreBytes?: number;
  /** Told when Discord no longer knows the bot: nothing works any more. */
  readonly onFatal: (reason: string) => void;
}

/** The running bot. */
export interface App {
  /** Looks at the API at once instead of at the next tick. */
  poll(): Promise<void>;
  /** Resolves when no durable work is due. */
  whenIdle(): Promise<void>;
  /** Ends everything in order; what is under way may finish. */
  stop(): Promise<void>;
}

const TICK_LEASE_MS = 10_000;
/** How long each step of stopping may take; together less than what `main.ts` allows. */
const INTERACTION_STOP_MS = 3_000;
const TELL_STOP_MS = 2_000;
const QUEUE_STOP_MS = 4_000;
const ACTS_STOP_MS = 2_000;

/** Builds each object once and starts them; resolves when the bot is logged in and its commands are registered. */
export async function startApp(options: AppOptions): Promise<App> {
  const stack = new AsyncDisposableStack();
  try {
    const clock = options.clock ?? systemClock;
    const { config, logger, maxStoreBytes } = options;
    const limit = maxStoreBytes === undefined ? {} : { maxStoreBytes };
    const outside = await openOutside(stack, { config, clock, logger, ...limit });
    const parts = buildParts(outside, options, clock);
    connect(parts, options);
    stack.defer(watchClock(clock, logger, [parts.bot, parts.posts.channelPoster]));
    await start(stack, parts, config);
    return toApp(stack, parts);
  } catch (thrown) {
    await stack.disposeAsync();
    throw thrown;
  }
}

/** All that is built, one field a room. */
interface Parts {
  readonly outside: Outside;
  readonly bot: Bot;
  readonly moderation: Moderation;
  readonly jobs: Jobs;
  readonly posts: DiscordPosts;
  readonly notifications: Notifications;
  readonly discord: Discord;
}

function buildParts(outside: Outside, { config, logger, onFatal }: AppOptions, clock: Clock): Parts {
  const { store, queue, backend } = outside;
  const { useapiVersions: versions, pollIntervalMs } = config;
  const { guildIds } = config.discord;
  const bot = new Bot({ ...config.discord, logger, onFatal });
  const moderation = new Moderation({ store, queue, guildIds, clock, logger });
  const jobs = buildJobs({ store, queue, backend, versions, pollIntervalMs, clock, logger });
  const posts = buildDiscordPosts({ outside, client: bot.client, moderation, jobs, guildIds, clock, logger });
  const { channelPoster, alertDesk, directNotices, held } = posts;
  const notifications = buildNotifications({
    store,
    queue,
    jobs: jobs.jobStore,
    poster: channelPoster,
    held,
    guildIds: () => guildIds,
    clock,
    logger,
    onSuspended: async (rule, reason) => {
      await alertDesk.onSuspended(rule, reason);
      await directNotices.tellSuspended(rule, reason);
    },
    onMissedMention: directNotices.onMissedMention,
    onRuleChanged: (news) => logRuleChange(moderation.log, news),
    onFatal,
  });
  const discord = buildDiscord({ bot, outside, jobs, moderation, notifications, posts, guildIds, clock, logger });
  return { outside, bot, moderation, jobs, posts, notifications, discord };
}

/** Events travel upward by these calls alone. */
function connect(parts: Parts, { config, logger }: AppOptions): void {
  const { moderation, jobs, posts, notifications, discord } = parts;
  const { watcher, acting, moderated } = jobs;
  const { gate, log, reviews } = moderation;
  const { notifier, liveCards } = notifications;
  const { alertDesk, cardPlaces, channelPoster } = posts;
  const { reviewDesk, actNews, channelCards, privateCards } = discord;
  const { guildIds } = config.discord;
  acting.runner.onBegun((act) => logAct(log, act));
  acting.runner.onMade((act, job) => logMade(log, act, job));
  connectJobPipeline(
    jobs,
    createJobPipeline({ reviewDesk, gate, notifier, moderated, alertDesk, acting, liveCards, privateCards }),
  );
  watcher.readLive((ref) => liveCards.hasLiveCard(ref));
  jobs.onBlocked(alertDesk.onBlocked);
  acting.runner.onRefused(alertDesk.onRefused);
  reviews.onOpened(reviewDesk.onOpened);
  reviews.onDecided(reviewDesk.onDecided);
  reviews.onReminder(reviewDesk.onReminder);
  moderation.onUpkeep(() => postMissingReviews(reviewDesk, guildIds));
  moderation.onUpkeep(() => acting.tellUntold());
  connectCards(channelPoster, { jobs: jobs.jobStore, cardPlaces, channelCards, privateCards }, logger);
  connectActs({ acting, moderated }, actNews);
}

/** Everything that is started is deferred onto the stack, so that it is stopped in reverse order. */
async function start(stack: AsyncDisposableStack, parts: Parts, config: AppConfig): Promise<void> {
  const { outside, bot, moderation, jobs, posts, notifications, discord } = parts;
  const { queue } = outside;
  const { acting, tracker, watcher, moderated } = jobs;
  const { router, reviewDesk, handlers } = discord;
  const { guildIds } = config.discord;
  await tracker.restore();
  await moderation.load();
  await notifications.rules.listAll(guildIds);
  stack.defer(async () => void (await isDoneWithin(acting.whenIdle(), ACTS_STOP_MS)));
  stack.defer(() => bot.stop());
  stack.defer(() => finishInteractions(router));
  stack.defer(() => acting.stop());
  await bot.start([...handlers.commands, ...handlers.messageCommands]);
  stack.defer(async () => void (await queue.stop({ timeoutMs: QUEUE_STOP_MS })));
  await moderation.start();
  await notifications.start();
  moderated.start();
  posts.alertDesk.start();
  posts.directNotices.start((task) => posts.requesters.tellNotice(task));
  await postMissingReviews(reviewDesk, guildIds);
  onAccessChanged(bot.client, (guildId) => void reviewDesk.onAccessChanged(guildId));
  await acting.recover();
  await startTicks(queue, watcher, config.pollIntervalMs);
}

function toApp(stack: AsyncDisposableStack, { outside, jobs, discord }: Parts): App {
  return {
    poll: () => jobs.watcher.tick(),
    whenIdle() {
      outside.queue.wake();
      return outside.queue.whenIdle();
    },
    stop() {
      discord.router.close();
      return stack.disposeAsync();
    },
  };
}

async function postMissingReviews(desk: ReviewDesk, guildIds: readonly string[]): Promise<void> {
  for (const guildId of guildIds) await desk.postMissing(guildId);
}

/** Gives the interactions that were taken some time to be answered, and tells the others that the bot is going. */
async function finishInteractions(router: Router): Promise<void> {
  if (await isDoneWithin(router.whenIdle(), INTERACTION_STOP_MS)) return;
  await isDoneWithin(router.tellCutShort(), TELL_STOP_MS);
}

/** One durable tick for all processes on the same queue. */
async function startTicks(queue: Queue, watcher: JobWatcher, everyMs: number): Promise<void> {
  const ticks = queue.define('poll', z.object({}));
  ticks.work(() => watcher.tick(), { leaseMs: TICK_LEASE_MS });
  await ticks.repeat({}, { key: 'poll', everyMs, jitterMs: everyMs / 20 });
}
