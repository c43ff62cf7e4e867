import '../own-files-found.js';
import { onAccessChanged } from '../discord/core/access-changes.ts';
import { Lifecycle } from '../health/lifecycle.ts';
import { pollTogether } from '../jobs/poll-together.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { watchClock } from '../shared/clock-steps.ts';
import { compact } from '../shared/compact.ts';
import { isDoneWithin } from '../shared/done-within.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { AppConfig } from './app-config.ts';
import { buildOnto } from './build-onto.ts';
import { buildParts, type Parts } from './build-parts.ts';
import { connectParts } from './connect-parts.ts';
import { type Health, type HealthOptions, NOTHING_WATCHED } from './health.ts';
import { openOutside } from './outside.ts';
import { openSupervisor } from './supervised.ts';

export interface AppOptions {
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** Bytes the store's file may have, to try out a full disk; default: no limit. */
  readonly maxStoreBytes?: number;
  /** Ends a start that goes on: it gives back what it holds, and rejects with the signal's reason. */
  readonly abandoned?: AbortSignal;
  /** Called when Discord no longer knows the bot: nothing works any more. */
  readonly onFatal: (reason: string) => void;
  /**
   * Called when another process on the same PostgreSQL may take over: this one must end at once, without another word.
   * Default: it throws.
   */
  readonly onLeaseLost?: (reason: string) => void;
}

/** The running bot. */
export interface App {
  /** Looks at the API at once instead of at the next tick. */
  poll(): Promise<void>;
  /** Resolves when no durable work is due. */
  whenIdle(): Promise<void>;
  /** Resolves when every interaction that was taken has its whole answer. */
  whenAnswered(): Promise<void>;
  /** Where health and metrics are served, where they are. */
  readonly healthUrl?: string;
  /** Ends everything in order; what is under way may finish. */
  stop(): Promise<void>;
}

/** How long the start waits for the reviews that have no card yet; their posting goes on after that. */
const REVIEWS_START_MS = 2_000;
/** How long a step of stopping may take; with the router's together less than what `main.ts` allows. */
const QUEUE_STOP_MS = 4_000;
const SUBMISSIONS_STOP_MS = 2_000;
const SERVERS_STOP_MS = 1_000;
const POLLS_STOP_MS = 1_000;

/** Builds each object once and starts them; resolves when the bot is logged in and its commands are registered. */
export async function startApp(options: AppOptions): Promise<App> {
  return buildOnto((stack) => build(stack, options), options);
}

/** Everything that is started is deferred onto the stack, so that it is stopped in reverse order. */
async function build(stack: AsyncDisposableStack, options: AppOptions): Promise<App> {
  const clock = options.clock ?? systemClock;
  const { config, logger, maxStoreBytes, abandoned, onFatal, onLeaseLost = throwLost } = options;
  const lifecycle = new Lifecycle(systemClock);
  await openSupervisor(stack, { config, lifecycle, logger });
  const health = await openHealth(stack, { config, lifecycle, clock, logger });
  const { onCall, onPost } = health;
  const onStandby = () => lifecycle.enter('standing-by');
  const outside = health.observe(
    await openOutside(stack, {
      config,
      clock,
      logger,
      onLeaseLost,
      onStandby,
      ...compact({ maxStoreBytes, onCall }),
    }),
  );
  const parts = buildParts(outside, { config, clock, logger, onFatal, onPost });
  connectParts(parts, { clock, logger });
  abandoned?.addEventListener('abort', () => takeNothingNew(parts, lifecycle), { once: true });
  await outside.begin();
  lifecycle.enter('starting');
  health.connect(parts);
  stack.defer(watchClock(clock, logger, [parts.bot, parts.posts.channelPoster]));
  await start(stack, parts, config);
  abandoned?.throwIfAborted();
  lifecycle.enter('running');
  return toApp(stack, parts, { lifecycle, ...compact({ healthUrl: health.url }) });
}

/** What it takes is read from disk only where something is to be served. */
async function openHealth(stack: AsyncDisposableStack, options: HealthOptions): Promise<Health> {
  const { health } = options.config;
  if (health === undefined) return NOTHING_WATCHED;
  const { serveHealth } = await import('./serve-health.ts');
  return serveHealth(stack, health, options);
}

function takeNothingNew({ discord }: Pick<Parts, 'discord'>, lifecycle: Lifecycle): void {
  lifecycle.enter('stopping');
  discord.router.close();
}

function throwLost(reason: string): never {
  throw new AppError('lease-lost', `Another process may be at work: ${reason}.`);
}

async function start(stack: AsyncDisposableStack, parts: Parts, config: AppConfig): Promise<void> {
  const { outside, bot, served, servers, moderation, ownAccounts, ownPolls, jobs, posts, notifications, discord } =
    parts;
  const { queue } = outside;
  const { submissions, tracker, watcher, moderated } = jobs;
  const { router, reviewPosts } = discord;
  await servers.restore();
  await ownAccounts.load(served.ids());
  await tracker.restore();
  await moderation.load();
  await notifications.rules.listAll(served.ids());
  stack.defer(async () => void (await isDoneWithin(submissions.whenIdle(), SUBMISSIONS_STOP_MS)));
  stack.defer(async () => void (await isDoneWithin(servers.whenSettled(), SERVERS_STOP_MS)));
  stack.defer(() => bot.stop());
  stack.defer(() => router.finish());
  stack.defer(() => submissions.stop());
  await startHints(stack, jobs.hints);
  await bot.start(discord.commandsFor);
  await servers.whenSettled();
  stack.defer(async () => void (await queue.stop({ timeoutMs: QUEUE_STOP_MS })));
  await moderation.start();
  await notifications.start();
  moderated.start();
  posts.alertPosts.start();
  await posts.greetings.start();
  await posts.liveBoards.start();
  posts.directNotices.start((task) => posts.requesters.notifyOf(task));
  onAccessChanged(bot.client, (guildId) => {
    if (served.has(guildId)) void reviewPosts.onAccessChanged(guildId);
  });
  await submissions.recover();
  await pollTogether(queue, watcher, config.pollIntervalMs);
  stack.defer(async () => void (await isDoneWithin(ownPolls.stop(), POLLS_STOP_MS)));
  ownPolls.start();
  // A slow Discord holds up neither what was paid for nor the start.
  await isDoneWithin(reviewPosts.postAllMissing(served.ids()), REVIEWS_START_MS);
}

/** Before anything is paid for, so that each call can say where to call back. */
async function startHints(stack: AsyncDisposableStack, hints: Parts['jobs']['hints']): Promise<void> {
  if (hints === undefined) return;
  stack.defer(async () => void (await isDoneWithin(hints.jobHints.stop(), SUBMISSIONS_STOP_MS)));
  stack.defer(() => hints.callbacks.stop());
  await hints.callbacks.start();
}

interface Seen extends Pick<App, 'healthUrl'> {
  readonly lifecycle: Lifecycle;
}

function toApp(
  stack: AsyncDisposableStack,
  { outside, servers, ownPolls, jobs, discord }: Parts,
  { lifecycle, ...seen }: Seen,
): App {
  return {
    ...seen,
    poll: async () => void (await Promise.all([jobs.watcher.tick(), ownPolls.lookAtAll()])),
    async whenIdle() {
      await servers.whenSettled();
      outside.queue.wake();
      await outside.queue.whenIdle();
    },
    whenAnswered: () => discord.router.whenIdle(),
    stop() {
      takeNothingNew({ discord }, lifecycle);
      return stack.disposeAsync();
    },
  };
}
