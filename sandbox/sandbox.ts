import { toErrorMessage } from '../src/shared/errors.ts';
import type { Logger } from '../src/shared/logger.ts';
import type { Running } from './bot-runner.ts';
import { type DiscordStandIn, startDiscordStandIn } from './discord/discord-stand-in.ts';
import { warmUpFiles } from './page/server/page-files.ts';
import { type Page, startPage } from './page/server/page-server.ts';
import { StandInControls } from './stand-in-controls.ts';
import { StandInPageWorld } from './stand-in-page-world.ts';
import { startUseapiStandIn, type UseapiStandIn } from './useapi/useapi-stand-in.ts';
import { connectWire } from './wire-sources.ts';

export interface SandboxOptions {
  readonly hasDiscord: boolean;
  readonly hasUseapi: boolean;
  /** Of the page. */
  readonly port: number;
  readonly logger: Logger;
}

/** The stand-ins that run, and the page where there is one. */
export interface Sandbox {
  readonly discord?: DiscordStandIn;
  readonly useapi?: UseapiStandIn;
  readonly page?: Page;
  /** Starts the bot; where there is a page, it can restart what `start` gave by calling it anew. */
  runBot(start: () => Promise<Running>): Promise<Running>;
  close(): Promise<void>;
}

/** Starts the stand-ins that are wanted, and the page if Discord's is among them. */
export async function startSandbox({ hasDiscord, hasUseapi, port, logger }: SandboxOptions): Promise<Sandbox> {
  const useapi = hasUseapi ? await startUseapiStandIn({ seedJobs: true, logger }) : undefined;
  const discord = hasDiscord ? await startDiscordStandIn() : undefined;
  const shown = discord && (await showPage(discord, useapi, port));
  if (shown !== undefined)
    warmUpFiles().catch((thrown) => logger.warn({ reason: toErrorMessage(thrown) }, 'The page starts cold.'));
  return {
    ...(useapi && { useapi }),
    ...(discord && { discord }),
    ...(shown && { page: shown.page }),
    runBot: (start) => shown?.controls.runBot(start) ?? start(),
    async close() {
      await shown?.close();
      await discord?.close();
      await useapi?.close();
    },
  };
}

/** The page over stand-ins that run, with their controls and wire view. */
export interface ShownPage {
  readonly page: Page;
  readonly controls: StandInControls;
  close(): Promise<void>;
}

/** Serves the page for stand-ins that run. */
export async function showPage(
  discord: DiscordStandIn,
  useapi: UseapiStandIn | undefined,
  port: number,
): Promise<ShownPage> {
  const controls = new StandInControls(discord, useapi);
  const wire = connectWire(discord, useapi);
  const world = new StandInPageWorld(discord);
  const page = await startPage({ world, port, about: toAbout(useapi !== undefined), steering: { controls, wire } });
  return {
    page,
    controls,
    async close() {
      await page.close();
      wire.close();
      controls.close();
    },
  };
}

function toAbout(hasUseapi: boolean): string[] {
  const api = hasUseapi
    ? 'The useapi.net API behind the bot is a stand-in too: its jobs and pictures are invented.'
    : 'The API behind the bot is the one of USEAPI_URL: its jobs are real.';
  return ['This is a stand-in of Discord on your own machine: nothing you do here leaves it.', api];
}
