import { join } from 'node:path';
import type { DiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import type { ShownPage } from '../../sandbox/sandbox.ts';
import { type App, startApp } from '../../src/app/app.ts';
import type { AppConfig } from '../../src/app/app-config.ts';
import { silentLogger } from '../../src/shared/logger.ts';

/** For a stand-in of Discord on a machine that is busy: an answer that comes late counts like one in time. */
export const PATIENT = { answerWithinMs: 20_000, patienceMs: 60_000 } as const;

/** The bot behind a page whose jobs run on other servers than useapi's; its store lies in the folder. */
export function runPageBot(
  shown: ShownPage,
  discord: DiscordStandIn,
  folder: string,
  servers: Pick<AppConfig, 'mj' | 'accounts'>,
): Promise<Pick<App, 'stop'>> {
  return shown.runBot(() =>
    startApp({
      config: {
        discord: { token: discord.token, apiUrl: discord.apiUrl, guildIds: discord.guildIds },
        ...servers,
        useapiVersions: ['v3'],
        store: { kind: 'sqlite', path: join(folder, 'bot.sqlite') },
        guildReadsPerMinute: 10_000,
        pollIntervalMs: 1000,
        mediaHosts: [discord.cdnHost],
        logLevel: 'silent',
        sandboxPort: 0,
      },
      logger: silentLogger,
      onFatal: (reason) => {
        throw new Error(reason);
      },
    }),
  );
}
