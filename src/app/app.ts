import { Events } from 'discord.js';
import { z } from 'zod';
import { UseapiClient } from '../backends/useapi/client.ts';
import type { Config, DiscordConfig, UseapiConfig } from '../config.ts';
import { ChannelCards } from '../discord/cards/channel-cards.ts';
import { JobAnswers } from '../discord/cards/job-answers.ts';
import { JobCards } from '../discord/cards/job-cards.ts';
import { JobMarks } from '../discord/cards/job-marks.ts';
import { PrivateCards } from '../discord/cards/private-cards.ts';
import { onAccessChanged } from '../discord/core/access-news.ts';
import { Bot } from '../discord/core/bot.ts';
import { DiscordChannelPoster } from '../discord/core/discord-channel-poster.ts';
import { GuildDirectory } from '../discord/core/guild-directory.ts';
import { ActReplies } from '../discord/core/kept-replies.ts';
import { logRuleChange } from '../discord/moderation/audit-entries.ts';
import { connectDesks, createDesks, type Desks } from '../discord/moderation/moderator-room.ts';
import { ReviewAnswers } from '../discord/moderation/review-answers.ts';
import type { ReviewDesk } from '../discord/moderation/review-posts.ts';
import { logAct, logMade } from '../discord/moderation/submission-log.ts';
import { NoticeMessages } from '../discord/notify/notice-messages.ts';
import { RuleSamples } from '../discord/notify/rule-samples.ts';
import { Router } from '../discord/router.ts';
import type { BotServices } from '../discord/services.ts';
import { connectActs, connectCards } from '../discord/submissions/submission-wiring.ts';
import { createFollowing, type Following } from '../jobs/create-jobs.ts';
import type { JobWatcher } from '../jobs/job-watcher.ts';
import { MediaStore } from '../media/media-store.ts';
import { Moderation } from '../moderation/moderation.ts';
import { createTelling, type Telling } from '../notifications/create-notifications.ts';
import { CardPlaces } from '../notifications/live-cards/card-places.ts';
import type { Queue } from '../queue/contract.ts';
import { SqliteQueue } from '../queue/sqlite/sqlite-queue.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { watchClock } from '../shared/clock-steps.ts';
import { isDoneWithin } from '../shared/done-within.ts';
import type { Logger } from '../shared/logger.ts';
import { SqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { buildHandlers, type Handlers } from './features.ts';

/** A configuration in which both outsides have an address, be it that of a stand-in. */
export interface AppConfig extends Omit<Config, 'discord' | 'useapi'> {
  readonly discord: DiscordConfig;
  readonly useapi: UseapiConfig;
}

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
    return await startOn(stack, options);
  } catch (thrown) {
    await stack.disposeAsync();
    throw thrown;
  }
}

/** Everything that is opened is deferred onto the stack, so that it is closed in reverse order. */
async function startOn(stack: AsyncDisposableStack, options: AppOptions): Promise<App> {
  const { config, logger, clock = systemClock } = options;
  const outside = await openOutside(stack, options, clock);
  const { guildIds } = config.discord;
  const bot = new Bot({
    ...config.discord,
    logger,
    onFatal: options.onFatal,
  });
  const { client } = bot;
  const moderation = new Moderation({ ...outside, guildIds, clock, logger });
  const { useapiVersions: versions, pollIntervalMs } = config;
  const jobs = createFollowing({ ...outside, versions, pollIntervalMs, clock, logger });
  const desks = createDesks({ ...outside, client, moderation, jobs: jobs.jobStore, guildIds, clock, logger });
  const telling = buildTelling(outside, jobs, desks, bot, options);
  const reviewDesk = desks.openReviewDesk(telling.notifier);
  connect(jobs, moderation, telling, reviewDesk);
  connectDesks(jobs, moderation.reviews, desks, reviewDesk);
  moderation.onUpkeep(() => postMissingReviews(reviewDesk, guildIds));
  stack.defer(watchClock(clock, logger, [bot, telling.poster]));
  moderation.onUpkeep(() => jobs.acting.tellUntold());
  const services = buildServices({ outside, jobs, telling, moderation, desks, reviewDesk, bot, clock, logger });
  connectCards(telling.poster, services, logger);
  connectActs(jobs, services, { requesters: desks.requesters }, logger);
  const handlers = buildHandlers(services);
  const router = buildRouter(handlers, services, bot, options);
  bot.client.on(Events.InteractionCreate, (interaction) => router.take(interaction));
  await jobs.tracker.restore();
  await moderation.load();
  await telling.rules.listAll(config.discord.guildIds);
  stack.defer(async () => void (await isDoneWithin(jobs.acting.whenIdle(), ACTS_STOP_MS)));
  stack.defer(() => bot.stop());
  stack.defer(() => finishInteractions(router));
  stack.defer(() => jobs.acting.stop());
  await bot.start([...handlers.commands, ...handlers.messageCommands]);
  stack.defer(async () => void (await outside.queue.stop({ timeoutMs: QUEUE_STOP_MS })));
  await moderation.start();
  await telling.start();
  jobs.moderated.start();
  desks.alertDesk.start();
  desks.directNotices.start((task) => desks.requesters.tellNotice(task));
  await postMissingReviews(reviewDesk, guildIds);
  onAccessChanged(client, (guildId) => void reviewDesk.onAccessChanged(guildId));
  await jobs.acting.recover();
  await startTicks(outside.queue, jobs.watcher, config.pollIntervalMs);
  return {
    poll: () => jobs.watcher.tick(),
    whenIdle() {
      outside.queue.wake();
      return outside.queue.whenIdle();
    },
    stop() {
      router.close();
      return stack.disposeAsync();
    },
  };
}

async function postMissingReviews(desk: ReviewDesk, guildIds: readonly string[]): Promise<void> {
  for (const guildId of guildIds) await desk.postMissing(guildId);
}

async function openOutside(stack: AsyncDisposableStack, options: AppOptions, clock: Clock) {
  const { config, logger, maxStoreBytes } = options;
  const limit = maxStoreBytes === undefined ? {} : { maxBytes: maxStoreBytes };
  const store = SqliteStore.open(config.storePath, clock, { logger, ...limit });
  stack.defer(() => store.close());
  const queue = await SqliteQueue.open({ path: config.storePath, clock, logger, ...limit });
  stack.defer(async () => void (await queue.stop()));
  const client = new UseapiClient({ baseUrl: config.useapi.url, token: config.useapi.token, clock, logger });
  stack.defer(() => client.close());
  const folder = `${config.storePath}.media`;
  const media = new MediaStore({ folder, allowedHosts: config.mediaHosts, proxy: client, clock, logger });
  stack.defer(() => media.close());
  return { store, queue, client, media };
}

type Outside = Awaited<ReturnType<typeof openOutside>>;
function buildTelling(
  { store, queue, media }: Outside,
  jobs: Following,
  { alertDesk, directNotices, held, log }: Desks,
  bot: Bot,
  options: AppOptions,
): Telling & Posting {
  const { config, logger, clock = systemClock, onFatal } = options;
  const cardPlaces = new CardPlaces(store);
  const marks = new JobMarks(jobs.presses, cardPlaces, jobs.jobStore);
  const poster = new DiscordChannelPoster(bot.client, new NoticeMessages(media, marks));
  const telling = createTelling({
    store,
    queue,
    jobs: jobs.jobStore,
    poster,
    guildIds: () => config.discord.guildIds,
    clock,
    logger,
    held,
    onSuspended: async (rule, reason) => {
      await alertDesk.onSuspended(rule, reason);
      await directNotices.tellSuspended(rule, reason);
    },
    onMissedMention: directNotices.onMissedMention,
    onRuleChanged: (news) => logRuleChange(log, news),
    onFatal,
  });
  return { ...telling, poster, marks, cardPlaces };
}

interface Posting {
  readonly poster: DiscordChannelPoster;
  readonly marks: JobMarks;
  readonly cardPlaces: CardPlaces;
}

/** News of jobs travels upward by these calls alone. */
function connect(
  { tracker, watcher, acting, moderated }: Following,
  { gate, log }: Moderation,
  { notifier, liveCards }: Telling,
  desk: ReviewDesk,
): void {
  acting.runner.onBegun((act) => logAct(log, act));
  acting.runner.onMade((act, job) => logMade(log, act, job));
  tracker.onTransition(({ job }) => desk.noteEnded(job));
  tracker.onMetFinal(desk.noteEnded);
  tracker.onTransition(gate.onTransition);
  tracker.onMetFinal((job) => gate.admit(job));
  tracker.onTransition((transition) => notifier.onTransition(transition));
  tracker.onChange((job) => liveCards.onChange(job));
  tracker.onTransition(moderated.onTransition);
  watcher.onLostContact((job) => notifier.onLostContact(job));
  watcher.readLive((ref) => liveCards.hasLiveCard(ref));
}

/** Everything whose building the services are put together from. */
interface Parts {
  readonly outside: Outside;
  readonly jobs: Following;
  readonly telling: Telling & Posting;
  readonly desks: Desks;
  readonly reviewDesk: ReviewDesk;
  readonly moderation: Moderation;
  readonly bot: Bot;
  readonly clock: Clock;
  readonly logger: Logger;
}

function buildServices(parts: Parts): BotServices {
  const { outside, jobs, telling, moderation, desks, reviewDesk, bot, clock, logger } = parts;
  const { media } = outside;
  const { gate, messages } = desks;
  const { jobStore, ...rest } = jobs;
  const cards = new JobCards(media, telling.marks, clock, gate);
  const directory = new GuildDirectory(bot.client);
  const isHeld = (guildId: string, ref: string) => moderation.gate.isHeldFor(guildId, ref, false);
  const { liveCards } = telling;
  const { rest: api } = bot.client;
  const reviewAnswers = new ReviewAnswers({ ...moderation, messages });
  return {
    ...rest,
    ...telling,
    clock,
    jobs: jobStore,
    media,
    cards,
    directory,
    gate,
    reviewDesk,
    reviewAnswers,
    jobAnswers: new JobAnswers({ actions: jobs.actions, cards, gate, reviewAnswers }),
    replies: new ActReplies(clock),
    privateCards: new PrivateCards({ clock, logger }),
    channelCards: new ChannelCards({ rest: api, cards, jobs: jobStore, liveCards, directory, isHeld, logger }),
    ...toModerationServices(moderation),
    samples: new RuleSamples({ samples: telling.samples, index: jobs.index, jobs: jobStore, gate }),
  };
}

function toModerationServices({ log, settings, permissions, words, quotas, reviews, privacy }: Moderation) {
  return { log, settings, permissions, words, quotas, reviews, privacy };
}

function buildRouter(handlers: Handlers, services: BotServices, bot: Bot, { config, logger }: AppOptions): Router {
  const { commands, controls, forms, messageCommands } = handlers;
  const { guildIds } = config.discord;
  return new Router({
    commands,
    controls,
    forms,
    messageCommands,
    permissions: services.permissions,
    log: services.log,
    clock: services.clock,
    services,
    guildIds,
    rest: bot.interactionRest,
    logger,
  });
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
