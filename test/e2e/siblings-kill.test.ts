import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import {
  type SiblingStandIn,
  type SiblingStandInName,
  startSiblingStandIn,
} from '../../sandbox/siblings/sibling-stand-in.ts';
import { ids, textOf } from './start-world.ts';

const SERVICES: readonly SiblingStandInName[] = ['minimax', 'dreamina'];
const POLL = { timeout: 60_000 };

describe.each(SERVICES)('a bot at %s that is killed', (service) => {
  let folder: string;
  let discord: DiscordStandIn;
  let standIn: SiblingStandIn;
  let bot: ChildProcess | undefined;

  async function start(): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), 'killed-'));
    discord = await startDiscordStandIn({ limits: 'off' });
    standIn = await startSiblingStandIn({ service, speed: 0, maxJobs: 20 });
    const { url, model } = standIn;
    const account = { id: 'studio', backend: service, url, secretEnv: 'STUDIO_TOKEN', model };
    writeFileSync(join(folder, 'accounts.json'), JSON.stringify([account]));
    await startBot();
  }
  afterEach(async () => {
    await kill();
    await discord.close();
    await standIn.close();
    rmSync(folder, { recursive: true });
  });

  async function startBot(): Promise<void> {
    const env = {
      PATH: process.env['PATH'],
      DISCORD_TOKEN: discord.token,
      DISCORD_API_URL: discord.apiUrl,
      DISCORD_GUILD_IDS: discord.guildIds.join(','),
      ACCOUNTS_FILE: join(folder, 'accounts.json'),
      STUDIO_TOKEN: standIn.token,
      STORE_URL: `sqlite:${join(folder, 'bot.sqlite')}`,
      POLL_INTERVAL_SECONDS: '1',
      LOG_LEVEL: 'silent',
    };
    bot = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    if (bot.stdout !== null) await once(bot.stdout, 'data');
  }

  async function kill(): Promise<void> {
    if (bot === undefined || bot.exitCode !== null || bot.signalCode !== null) return;
    const isGone = once(bot, 'exit');
    bot.kill('SIGKILL');
    await isGone;
  }

  const paid = () => standIn.requests.filter(({ method }) => method === 'POST').length;
  const imagine = (prompt: string) =>
    discord.people(ids.moderator).command(ids.general, { path: 'imagine', options: { prompt } });
  const posts = (channelId: string) =>
    discord
      .people(ids.owner)
      .messages(channelId)
      .filter((message) => message.author.bot);
  const board = async () => textOf((await discord.people(ids.owner).command(ids.general, { path: 'jobs' })).message);

  it('posts a job that ended in the meantime once', async () => {
    await start();
    const options = { channel: ids.showcase };
    await discord.people(ids.owner).command(ids.general, { path: 'notify add', options });
    await imagine('a lighthouse');
    await kill();
    standIn.world.advance(standIn.world.list()[0]?.jobid ?? '', { to: 'completed' });
    await startBot();
    await expect.poll(() => posts(ids.showcase).length, POLL).toBe(1);
    await kill();
    await startBot();
    await expect.poll(board, POLL).toContain('Nothing is running');

    expect(posts(ids.showcase)).toHaveLength(1);
    expect(textOf(posts(ids.showcase)[0])).toContain('a lighthouse');
    expect(paid()).toBe(1);
  }, 180_000);

  it.each([
    ['before the job is made', false],
    ['before the answer comes', true],
  ])(
    'between the call and its answer, %s, pays once',
    async (_when, takesEffect) => {
      await start();
      const match = { method: 'POST', path: '/v1/' };
      standIn.faults.add({ match, takesEffect, times: 1, action: { kind: 'delay', ms: 60_000 } });
      void imagine('a lighthouse').catch(() => undefined);
      await expect.poll(() => standIn.faults.list().length, POLL).toBe(0);
      if (takesEffect) await expect.poll(() => standIn.world.list().length, POLL).toBe(1);
      await kill();
      await startBot();
      await expect.poll(board, POLL).toContain('a lighthouse');

      expect(await board()).toContain(`<@${ids.moderator}>`);
      expect(standIn.paidCount()).toBe(1);
      expect(paid()).toBeLessThanOrEqual(1);
    },
    180_000,
  );

  it('between the answer and what the person sees of it, pays once', async () => {
    await start();
    const mend = discord.faults.add({ route: 'PATCH /webhooks', fault: { kind: 'delay', ms: 60_000 } });
    void imagine('a lighthouse').catch(() => undefined);
    await expect.poll(paid, POLL).toBe(1);
    await kill();
    mend();
    await startBot();
    await expect.poll(board, POLL).toContain('a lighthouse');

    expect(await board()).toContain(`<@${ids.moderator}>`);
    expect(paid()).toBe(1);
    expect(standIn.paidCount()).toBe(1);
  }, 180_000);
});
