import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { BotProcessWorld } from './bot-process.ts';
import { ids, textOf } from './start-world.ts';

const CTRL_C = '\u0003';
/** After which a stop that takes too long is cut short. */
const STOP_LIMIT_MS = 15_000;

/** A world of one test alone. */
async function startWorld() {
  const world = await BotProcessWorld.start();
  const made = () => world.useapi.world.list().length;

  /** A command whose POST to the API gets no answer; resolves once the API has made the job. */
  async function askWhileTheApiHangs() {
    const action = { kind: 'delay', ms: 600_000 } as const;
    world.useapi.faults.add({ match: { method: 'POST' }, takesEffect: true, action });
    const typed = { path: 'imagine', options: { prompt: 'a slow boat' } };
    const asked = world.discord.people(ids.owner).command(ids.general, typed);
    // Not by `expect.poll`, which knows one test at a time.
    await vi.waitUntil(() => made() === 1, { timeout: 30_000 });
    return { asked };
  }

  return { world, made, askWhileTheApiHangs };
}

describe('a bot in a process of its own', () => {
  // Two at once: what takes long is that a stop waits for an answer that never comes.
  it.concurrent('answers what it had taken, and ends with 0, on SIGHUP', async ({ onTestFinished }) => {
    const { world, askWhileTheApiHangs } = await startWorld();
    onTestFinished(() => world.close());
    const bot = await world.startBot();
    const { asked } = await askWhileTheApiHangs();

    const ended = once(bot, 'exit');
    bot.kill('SIGHUP');

    const { state, message } = await asked;
    expect([state, textOf(message)]).toEqual(['answered', expect.stringContaining('restarting')]);
    expect(await ended).toEqual([0, null]);
  });

  it.concurrent('answers what it had taken, and ends with 0, on Ctrl-C in the terminal of `npm start`', async ({
    onTestFinished,
  }) => {
    const { world, askWhileTheApiHangs } = await startWorld();
    onTestFinished(() => world.close());
    const terminal = await world.startBot({
      command: ['script', '--quiet', '--return', '--command', 'exec npm start', '/dev/null'],
      cwd: process.cwd(),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const { asked } = await askWhileTheApiHangs();

    const ended = once(terminal, 'exit');
    terminal.stdin?.write(CTRL_C);

    const { state, message } = await asked;
    expect([state, textOf(message)]).toEqual(['answered', expect.stringContaining('restarting')]);
    expect(await ended).toEqual([0, null]);
  });

  it.concurrent('ends with 0 while Discord limits an answer for an hour', async ({ onTestFinished }) => {
    const { world } = await startWorld();
    onTestFinished(() => world.close());
    const bot = await world.startBot();
    const limits = { kind: 'rate-limit', retryAfterMs: 3_600_000 } as const;
    world.discord.faults.add({ fault: limits, route: 'PATCH /webhooks/' });
    const asked = world.discord.people(ids.owner).command(ids.general, { path: 'jobs' });
    asked.catch(() => undefined);
    const isLimited = () => world.discord.requests.list().some((entry) => 'status' in entry && entry.status === 429);
    await expect.poll(isLimited, { timeout: 30_000 }).toBe(true);

    const ended = once(bot, 'exit');
    bot.kill('SIGTERM');

    // After 15 s, and after a second signal, it would be 1.
    expect(await ended).toEqual([0, null]);
  }, 90_000);

  it('ends at once with a code on a second signal, and says after its next start what it had taken', async ({
    onTestFinished,
  }) => {
    const { world, made, askWhileTheApiHangs } = await startWorld();
    onTestFinished(() => world.close());
    const bot = await world.startBot();
    const { asked } = await askWhileTheApiHangs();
    asked.catch(() => undefined);

    const startedAt = performance.now();
    const isGone = () => {
      bot.kill('SIGTERM');
      return bot.exitCode ?? bot.signalCode;
    };
    await expect.poll(isGone, { interval: 50 }).not.toBeNull();
    const tookMs = performance.now() - startedAt;
    await world.startBot();

    const cards = () => world.discord.people(ids.owner).messages(ids.general).map(textOf).join();
    await expect.poll(cards).toContain('a slow boat');
    expect([bot.exitCode, bot.signalCode]).toEqual([1, null]);
    expect(tookMs).toBeLessThan(STOP_LIMIT_MS);
    expect(made()).toBe(1);
  });
});
