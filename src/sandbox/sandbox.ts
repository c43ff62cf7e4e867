import type { Logger } from '../shared/logger.ts';
import { type DiscordStandIn, startDiscordStandIn } from './discord/discord-stand-in.ts';
import { type Page, startPage } from './page/page-server.ts';
import { StandInPageWorld } from './stand-in-page-world.ts';
import { startUseapiStandIn, type UseapiStandIn } from './useapi/useapi-stand-in.ts';

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
  close(): Promise<void>;
}

/** Starts the stand-ins that are wanted, and the page if Discord's is among them. */
export async function startSandbox({ hasDiscord, hasUseapi, port, logger }: SandboxOptions): Promise<Sandbox> {
  const useapi = hasUseapi ? await startUseapiStandIn({ seedJobs: true, logger }) : undefined;
  const discord = hasDiscord ? await startDiscordStandIn() : undefined;
  const page = discord && (await startPage({ world: new StandInPageWorld(discord), port, about: toAbout(hasUseapi) }));
  return {
    ...(useapi && { useapi }),
    ...(discord && { discord }),
    ...(page && { page }),
    async close() {
      await page?.close();
      await discord?.close();
      await useapi?.close();
    },
  };
}

function toAbout(hasUseapi: boolean): string[] {
  const api = hasUseapi
    ? 'The useapi.net API behind the bot is a stand-in too: its jobs and pictures are invented.'
    : 'The API behind the bot is the one of USEAPI_URL: its jobs are real.';
  return ['This is a stand-in of Discord on your own machine: nothing you do here leaves it.', api];
}
