import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toBotEnvironment } from '../../sandbox/bot-environment.ts';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { toJobRef } from '../../src/jobs/job-ref.ts';
import { controlOf, ids, textOf } from './start-world.ts';

const BUTTON = { method: 'POST', path: '/v3/midjourney/jobs/button' };

const IMAGINE = { method: 'POST', path: '/v3/midjourney/jobs/imagine' };

describe('a bot that is killed while it presses or submits', () => {
  let folder: string;
  let discord: DiscordStandIn;
  let useapi: UseapiStandIn;
  let bot: ChildProcess | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'killed-'));
    discord = await startDiscordStandIn({ limits: 'off' });
    useapi = await startUseapiStandIn({ speed: 0, token: 'user:1-test' });
  });
  afterEach(async () => {
    await kill();
    await discord.close();
    await useapi.close();
    rmSync(folder, { recursive: true });
  });

  async function startBot(): Promise<void> {
    const base = toBotEnvironment({ discord, useapi }, join(folder, 'bot.sqlite'));
    const env = { ...base, PATH: process.env['PATH'], LOG_LEVEL: 'silent' };
    bot = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    if (bot.stdout !== null) await once(bot.stdout, 'data');
  }

  async function kill(): Promise<void> {
    if (bot === undefined || bot.exitCode !== null || bot.signalCode !== null) return;
    const isGone = once(bot, 'exit');
    bot.kill('SIGKILL');
    await isGone;
  }

  const posts = () => useapi.requests.filter(({ method, path }) => method === 'POST' && path === BUTTON.path);

  it('never sends the press again, and finds the job that it made', async () => {
    const moderator = discord.people(ids.moderator);
    const jobid = useapi.world.startJob({ prompt: 'before the kill' });
    useapi.world.advance(jobid, { to: 'completed' });
    await startBot();
    const options = { job: jobid, public: true };
    const { message } = await moderator.command(ids.general, { path: 'job show', options });
    const control = controlOf(message, 'press', 'V2');
    const mend = useapi.faults.add({ match: BUTTON, takesEffect: true, action: { kind: 'delay', ms: 60_000 } });

    void moderator.press(message?.id ?? '', control).catch(() => undefined);
    await expect.poll(() => useapi.world.find(jobid)?.children.length).toBe(1);
    await kill();
    mend();
    await startBot();
    await expect.poll(() => textOf(moderator.messages(ids.general).at(-1))).toContain('Variation of image 2');
    const again = await moderator.press(message?.id ?? '', control);

    expect(textOf(again.message)).toMatch(/was clicked by <@\d+>|it did start|was already clicked/);
    expect(useapi.world.find(jobid)?.children).toHaveLength(1);
    expect(useapi.world.list()).toHaveLength(2);
    expect(posts().length).toBeLessThanOrEqual(1);
  });

  it('has logged a submit once, and finds it by its job', async () => {
    const [owner, moderator] = [discord.people(ids.owner), discord.people(ids.moderator)];
    const log = async (options: Readonly<Record<string, string>>) =>
      textOf((await owner.command(ids.general, { path: 'mod log', options })).message);
    await startBot();
    const mend = useapi.faults.add({ match: IMAGINE, takesEffect: true, action: { kind: 'delay', ms: 60_000 } });

    const typed = { path: 'imagine', options: { prompt: 'submitted before the kill' } };
    void moderator.command(ids.general, typed).catch(() => undefined);
    await expect.poll(() => useapi.world.list().length).toBe(1);
    await kill();
    mend();
    await startBot();
    const ref = toJobRef(useapi.world.list()[0]?.jobid ?? '');

    await expect.poll(() => log({ job: ref })).toContain('submitted before the kill');
    expect(await log({ job: ref })).toContain(`<@${ids.moderator}> started a job → \`${ref}\``);
    expect((await log({ action: 'submit' })).match(/\*\*#\d+\*\*/g)).toHaveLength(1);
    expect(useapi.world.list()).toHaveLength(1);
  });
});
