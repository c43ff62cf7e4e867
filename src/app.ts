import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Events } from 'discord.js';
import { commands } from '../commands/index.ts';
import type { Config, DiscordConfig, UseapiConfig } from './config.ts';
import { Bot } from './discord/bot.ts';
import { boardControls } from './discord/components/board-controls.ts';
import { jobControls } from './discord/components/job-controls.ts';
import { JobCards } from './discord/job-cards.ts';
import { Router } from './discord/router.ts';
import { JobActions } from './jobs/job-actions.ts';
import { JobIndex } from './jobs/job-index.ts';
import { JobStore } from './jobs/job-store.ts';
import { JobTracker } from './jobs/job-tracker.ts';
import { RunningBoards } from './jobs/running-board.ts';
import { MediaStore } from './media/media-store.ts';
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
  readonly bot: Bot;
  /** Ends everything in order; what is under way may finish. */
  stop(): Promise<void>;
}

/** Builds each object once and starts them; resolves when the bot is logged in and its commands are registered. */
export async function startApp({ config, logger, clock = systemClock }: AppOptions): Promise<App> {
  const store = Store.open(config.storePath, clock);
  const client = new UseapiClient({ baseUrl: config.useapi.url, token: config.useapi.token, clock, logger });
  const media = new MediaStore({
    folder: join(tmpdir(), `useapi-discord-bot-${process.pid}`),
    allowedHosts: config.mediaHosts,
    proxy: client,
    clock,
    logger,
  });
  const index = new JobIndex();
  const jobStore = new JobStore(store);
  const tracker = new JobTracker({ store: jobStore, index, clock, logger });
  const services = {
    actions: new JobActions({ api: client, store: jobStore, tracker }),
    boards: new RunningBoards({ api: client, tracker, index, versions: config.useapiVersions, clock }),
    index,
    cards: new JobCards(media, clock),
  };
  const bot = new Bot({ ...config.discord, commands, logger });
  const router = new Router({
    commands,
    controls: [...boardControls, ...jobControls],
    forms: [],
    messageCommands: [],
    services,
    guildIds: config.discord.guildIds,
    rest: bot.interactionRest,
    logger,
  });
  bot.client.on(Events.InteractionCreate, (interaction) => void router.handle(interaction));
  await tracker.restore();
  await bot.start();
  return {
    bot,
    async stop() {
      await bot.stop();
      await media.close();
      await client.close();
      await store.close();
    },
  };
}
