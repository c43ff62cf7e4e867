import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { sandboxIds } from '../../sandbox/discord/world/world-plan.ts';
import { type ShownPage, showPage } from '../../sandbox/sandbox.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { startApp } from '../../src/app/app.ts';
import { silentLogger } from '../../src/shared/logger.ts';

export const ids = sandboxIds;

/** The real bot between both stand-ins, with the page over them. */
export interface PageRig {
  readonly url: string;
  readonly discord: DiscordStandIn;
  readonly useapi: UseapiStandIn;
  readonly shown: ShownPage;
  /** The page's address as a member, in a channel. */
  at(userId: string, channelId?: string): string;
  /** A job that has ended well, with a grid and its buttons. */
  finishedGrid(prompt: string): string;
  close(): Promise<void>;
}

export interface PageRigOptions {
  /** Speed of jobs; default 0: nothing moves unless told. */
  readonly speed?: number;
  readonly pollIntervalMs?: number;
}

export async function startPageRig({ speed = 0, pollIntervalMs = 1000 }: PageRigOptions = {}): Promise<PageRig> {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  const useapi = await startUseapiStandIn({ speed, seedJobs: true });
  const discord = await startDiscordStandIn({ limits: 'off' });
  const shown = await showPage(discord, useapi, 0);
  const bot = await shown.controls.runBot(() =>
    startApp({
      config: {
        discord: { token: discord.token, apiUrl: discord.apiUrl, guildIds: discord.guildIds },
        useapi: { token: useapi.token, url: useapi.url },
        useapiVersions: ['v3', 'v2'],
        storePath: join(folder, 'bot.sqlite'),
        pollIntervalMs,
        mediaHosts: [useapi.mediaHost],
        logLevel: 'silent',
        sandboxPort: 0,
      },
      logger: silentLogger,
      onFatal: (reason) => {
        throw new Error(reason);
      },
    }),
  );
  const { url } = shown.page;
  return {
    url,
    discord,
    useapi,
    shown,
    at: (userId, channelId = ids.general) => `${url}/#${userId}/${channelId}`,
    finishedGrid: (prompt) => finishGrid(useapi, prompt),
    async close() {
      await bot.stop();
      await shown.close();
      await discord.close();
      await useapi.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function finishGrid(useapi: UseapiStandIn, prompt: string): string {
  const jobid = useapi.world.startJob({ prompt, jobType: 'image' });
  useapi.world.advance(jobid, { to: 'completed' });
  return jobid;
}
