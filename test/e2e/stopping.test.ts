import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toBotEnvironment } from '../../sandbox/bot-environment.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { ids, textOf } from './start-world.ts';

describe('a bot in a process of its own', () => {
  let folder: string;
  let discord: DiscordStandIn;
  let useapi: UseapiStandIn;
  let bot: ChildProcess | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'stopping-'));
    discord = await startDiscordStandIn({ limits: 'off', patienceMs: 15_000 });
    useapi = await startUseapiStandIn({ speed: 0, token: 'user:1-test' });
  });
  afterEach(async () => {
    if (bot !== undefined && bot.exitCode === null && bot.signalCode === null) {
      bot.kill('SIGKILL');
      await once(bot, 'exit');
    }
    await discord.close();
    await useapi.close();
    rmSync(folder, { recursive: true });
  });

  async function startBot(): Promise<ChildProcess> {
    const env = {
      ...toBotEnvironment({ discord, useapi }, join(folder, 'bot.sqlite')),
      PATH: process.env['PATH'],
    };
    bot = spawn(process.execPath, [resolve('src/main.ts')], { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] });
    if (bot.stdout !== null) await once(bot.stdout, 'data');
    return bot;
  }

  /** A command whose POST to the API gets no answer; resolves once Discord shows that the bot thinks. */
  async function askWhileTheApiHangs() {
    useapi.faults.add({ match: { method: 'POST' }, action: { kind: 'delay', ms: 600_000 } });
    const typed = { path: 'imagine', options: { prompt: 'a slow boat' } };
    const asked = discord.people(ids.owner).command(ids.general, typed);
    await expect.poll(() => discord.requests.list().some(({ path }) => path.endsWith('/callback'))).toBe(true);
    return { asked };
  }

  it.each([
    ['SIGHUP', 1],
    ['SIGINT', 2],
  ] as const)(
    'answers what it had taken, and ends with 0, on %s sent %i times at once',
    async (signal, times) => {
      const child = await startBot();
      const { asked } = await askWhileTheApiHangs();

      const ended = once(child, 'exit');
      for (let sent = 0; sent < times; sent += 1) child.kill(signal);

      expect(await ended).toEqual([0, null]);
      const { state, message } = await asked;
      expect([state, textOf(message)]).toEqual(['answered', expect.stringContaining('restarting')]);
    },
    40_000,
  );
});
