import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Events } from 'discord.js';
import { z } from 'zod';
import { commands } from '../commands/index.ts';
import type { Config, DiscordConfig, UseapiConfig } from './config.ts';
import { Bot } from './discord/bot.ts';
import { boardControls } from './discord/components/board-controls.ts';
import { jobControls } from './discord/components/job-controls.ts';
import { JobCards } from './discord/job-cards.ts';
import { Router } from './discord/router.ts';
import { ApiHealth } from './jobs/api-health.ts';
import { JobActions } from './jobs/job-actions.ts';
import { JobIndex } from './jobs/job-index.ts';
import { JobStore } from './jobs/job-store.ts';
import { JobTracker } from './jobs/job-tracker.ts';
import { JobWatcher } from './jobs/job-watcher.ts';
import { RunningBoards } from './jobs/running-board.ts';
import { MediaStore } from './media/media-store.ts';
import type { Queue } from './queue/queue.ts';
import { SqliteQueue } from './queue/sqlite-queue.ts';
import { type Clock, systemClock } from './shared/clock.ts';
import type { Logger } from './shared/logger.ts';
import { Store } from './storage/store.ts';
import { UseapiClient } from './useapi/client.ts';

/** A configuration in which both outsides have an address, be it that of a stand-in. */
export interface AppConfig extends Omit<Config, 'discord' | 'useapi'> {
  readonly discord: DiscordConfig;
  readonly useapi: UseapiConfig;
}

export interface AppOptions {
  readonly config: AppConfig;
  readonly logger: Logger;
  readonly clock?: Clock;
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

const TICK_LEASE_MS = 60_000;

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
async function startOn(stack: AsyncDisposableStack, { config, logger, clock = systemClock }: AppOptions): Promise<App> {
  const outside = await openOutside(stack, config, logger, clock);
  const jobs = buildJobs(outside, config, logger, clock);
  await jobs.tracker.restore();
  const bot = new Bot({ ...config.discord, commands, logger });
  const router = new Router({
    commands,
    controls: [...boardControls, ...jobControls],
    forms: [],
    messageCommands: [],
    services: { ...jobs, cards: new JobCards(outside.media, clock) },
    guildIds: config.discord.guildIds,
    rest: bot.interactionRest,
    logger,
  });
  bot.client.on(Events.InteractionCreate, (interaction) => void router.handle(interaction));
  stack.defer(() => bot.stop());
  await bot.start();
  const { queue } = outside;
  await startTicks(queue, jobs.watcher, config.pollIntervalMs);
  stack.defer(async () => void (await queue.stop()));
  return { poll: () => jobs.watcher.tick(), whenIdle: () => queue.whenIdle(), stop: () => stack.disposeAsync() };
}

async function openOutside(stack: AsyncDisposableStack, config: AppConfig, logger: Logger, clock: Clock) {
  const store = Store.open(config.storePath, clock);
  stack.defer(() => store.close());
  const queue = await SqliteQueue.open({ path: config.storePath, clock, logger });
  stack.defer(async () => void (await queue.stop()));
  const client = new UseapiClient({ baseUrl: config.useapi.url, token: config.useapi.token, clock, logger });
  stack.defer(() => client.close());
  const folder = join(tmpdir(), `useapi-discord-bot-${process.pid}`);
  const media = new MediaStore({ folder, allowedHosts: config.mediaHosts, proxy: client, clock, logger });
  stack.defer(() => media.close());
  return { store, queue, client, media };
}

function buildJobs(
  { store, client }: { readonly store: Store; readonly client: UseapiClient },
  { useapiVersions: versions, pollIntervalMs }: AppConfig,
  logger: Logger,
  clock: Clock,
) {
  const index = new JobIndex();
  const jobStore = new JobStore(store);
  const tracker = new JobTracker({ store: jobStore, index, clock, logger });
  const health = new ApiHealth({ pollIntervalMs });
  const watcher = new JobWatcher({
    api: client,
    tracker,
    health,
    versions,
    clock,
    logger,
    hasLiveCard: () => false,
    onLostContact: async () => undefined,
  });
  const actions = new JobActions({ api: client, store: jobStore, tracker });
  const boards = new RunningBoards({ api: client, tracker, index, health, versions, clock });
  return { index, tracker, watcher, actions, boards };
}

/** One durable tick for all processes on the same queue. */
async function startTicks(queue: Queue, watcher: JobWatcher, everyMs: number): Promise<void> {
  const ticks = queue.define('poll', z.object({}));
  ticks.work(() => watcher.tick(), { leaseMs: TICK_LEASE_MS });
  await ticks.repeat({}, { key: 'poll', everyMs, jitterMs: everyMs / 20 });
}
