import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BotProcessWorld, MAIN } from '../e2e/bot-process.ts';
import { ids, textOf } from '../e2e/start-world.ts';

/** What a pipe holds that nobody reads. */
const PIPE_BYTES = 65_536;
const JOBS = 6;

describe('a bot on a system that lacks something', () => {
  let world: BotProcessWorld;

  beforeEach(async () => {
    world = await BotProcessWorld.start();
  });
  afterEach(() => world.close());

  const ask = (path: string, options = {}) => world.discord.people(ids.owner).command(ids.general, { path, options });
  const inShell = (script: string) => ['bash', '-c', script, 'bash', process.execPath, MAIN] as const;

  async function stop(bot: ChildProcess) {
    const ended = once(bot, 'exit');
    bot.kill('SIGTERM');
    return ended;
  }

  it('answers, and ends with 0, where the disk of its output and of its log is full', async () => {
    const full = openSync('/dev/full', 'w');
    const bot = await world.startBot({ stdio: ['ignore', full, full], env: { LOG_LEVEL: 'trace' } });
    closeSync(full);

    const { state } = await ask('jobs');

    expect(state).toBe('answered');
    expect(await stop(bot)).toEqual([0, null]);
  });

  it('answers, and ends with 0, where nobody reads its output and its log', async () => {
    const fifo = join(world.folder, 'unread');
    const fill = `mkfifo ${fifo}; exec 3<>${fifo}; head -c ${PIPE_BYTES} /dev/zero >&3; exec "$@" >&3 2>&3`;
    const bot = await world.startBot({ stdio: 'ignore', command: inShell(fill), env: { LOG_LEVEL: 'trace' } });

    const { state } = await ask('jobs');

    expect(state).toBe('answered');
    expect(await stop(bot)).toEqual([0, null]);
  });

  it('says so where few files may be open, and loses nothing', async () => {
    const command = inShell('ulimit -n 48; exec "$@"');
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const bot = await world.startBot({ stdio: [...stdio], command, env: { POLL_INTERVAL_SECONDS: '1' } });
    const log = bot.stderr === null ? '' : text(bot.stderr);
    await ask('notify add', { channel: ids.showcase });
    const jobids = Array.from({ length: JOBS }, (_, n) => world.useapi.world.startJob({ prompt: `job ${n}` }));
    const isRead = (jobid: string) =>
      world.useapi.requests.some(({ path }) => path.includes(encodeURIComponent(jobid)));
    await expect.poll(() => jobids.every(isRead)).toBe(true);

    for (const jobid of jobids) world.useapi.world.advance(jobid, { to: 'completed' });
    const asked = await Promise.all(jobids.flatMap((job) => [ask('jobs'), ask('job show', { job })]));
    const posts = () => world.discord.people(ids.owner).messages(ids.showcase).map(textOf).join();
    for (const n of jobids.keys()) await expect.poll(posts).toContain(`job ${n}`);

    expect(asked.map(({ state }) => state)).toEqual(asked.map(() => 'answered'));
    expect(await stop(bot)).toEqual([0, null]);
    expect(await log).toMatch(/Few files may be open at once.*ulimit -n 1024/);
  });
});
