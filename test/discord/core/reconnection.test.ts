import { once } from 'node:events';
import { Events } from 'discord.js';
import { describe, expect, it, vi } from 'vitest';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../../../sandbox/discord/discord-stand-in.ts';
import { toLargePlan } from '../../../sandbox/discord/world/large-plan.ts';
import { Bot } from '../../../src/discord/core/bot.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import type { Logger } from '../../../src/shared/logger.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

/** No name server is asked for a name with an empty part. */
const NOWHERE = 'ws://nowhere..invalid';
const NOBODY = 'ws://127.0.0.1:9';
const BACK = 'The gateway connection is back with a new session.';
const RESUMED = 'The gateway connection was resumed.';
const PATIENCE = { timeout: 30_000 };
const RECONNECTING = 'Reconnecting to the gateway.';
const GIVEN_UP = 'The gateway connection does not come back; a new session is begun at the main address.';

interface RunOptions {
  readonly shards?: number;
  readonly speed?: number;
  /** Of another run, which ends it; default one of its own. */
  readonly standIn?: DiscordStandIn;
}

/** A bot whose own pauses pass a hundred times as fast. */
async function start(options: DiscordStandInOptions = {}, how: RunOptions = {}) {
  const { shards = 1, speed = 100, standIn } = how;
  const discord = standIn ?? (await startDiscordStandIn({ limits: 'off', ...options }));
  const lines: string[] = [];
  const reasons: unknown[] = [];
  const pauses: number[] = [];
  const note = (fields: object, line: string) => {
    lines.push(line);
    if ('reason' in fields) reasons.push(fields.reason);
  };
  const fatal: string[] = [];
  const bot = new Bot({
    token: discord.token,
    apiUrl: discord.apiUrl,
    guildIds: [],
    shards,
    logger: { ...silentLogger, info: note, warn: note, error: note } as Logger,
    clock: {
      ...systemClock,
      sleep: (ms, signal) => {
        pauses.push(Math.round(ms));
        return systemClock.sleep(ms / speed, signal);
      },
    },
    onFatal: (reason) => fatal.push(reason),
  });
  const back = () => Promise.race([once(bot.client, Events.ShardReady), once(bot.client, Events.ShardResume)]);
  const end = async () => {
    await bot.stop();
    if (standIn === undefined) await discord.close();
  };
  return { discord, bot, lines, reasons, pauses, fatal, back, [Symbol.asyncDispose]: end };
}

describe.concurrent('coming back to the gateway', () => {
  it('begins a new session at the main address where that of the session is not found', async () => {
    await using run = await start();
    const { discord, bot, lines, reasons, pauses, back } = run;
    discord.faults.gateway.moveResume(NOWHERE);
    await bot.start(() => []);

    discord.faults.gateway.drop({ canResume: true });
    await back();

    expect(lines).toEqual([RECONNECTING, GIVEN_UP, BACK]);
    expect(reasons).toEqual([expect.stringContaining('ENOTFOUND')]);
    expect(pauses.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    expect(discord.connectedSessions()).toBe(1);
  });

  it('does so at once where that address refuses', async () => {
    await using run = await start();
    const { discord, bot, lines, back } = run;
    discord.faults.gateway.moveResume(NOBODY);
    await bot.start(() => []);

    discord.faults.gateway.drop({ canResume: true });
    await back();

    expect(lines).toEqual([RECONNECTING, BACK]);
  });

  it('takes an address that is none for one that is not found', async () => {
    await using run = await start();
    const { discord, bot, lines, back } = run;
    discord.faults.gateway.moveResume('nonsense');
    await bot.start(() => []);

    discord.faults.gateway.drop({ canResume: true });
    await back();

    expect(lines).toEqual([RECONNECTING, BACK]);
  });

  it('tries for as long as it takes, with pauses that grow, and says so in few lines', async () => {
    await using run = await start();
    const { discord, bot, lines, pauses, back } = run;
    await bot.start(() => []);

    discord.faults.gateway.setDown(true);
    await vi.waitUntil(() => pauses.length >= 5, PATIENCE);
    discord.faults.gateway.setDown(false);
    await back();

    expect(pauses.slice(0, 5)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(lines).toEqual([RECONNECTING, GIVEN_UP, BACK]);
  });

  it('connects no more once it is stopped, while another bot comes back', async () => {
    await using run = await start();
    const { discord, bot, pauses } = run;
    await using other = await start({}, { standIn: discord, speed: 50 });
    for (const each of [bot, other.bot]) await each.start(() => []);
    discord.faults.gateway.setDown(true);
    await vi.waitUntil(() => pauses.length >= 1 && other.pauses.length >= 1, PATIENCE);

    await bot.stop();
    const back = other.back();
    discord.faults.gateway.setDown(false);
    await back;

    expect(discord.connectedSessions()).toBe(1);
  });

  it.each([4000, 4001, 4002, 4006, 4009, 1006])('resumes after a close with %i', async (code) => {
    await using run = await start();
    const { discord, bot, lines, fatal, back } = run;
    await bot.start(() => []);

    if (code === 1006) discord.faults.gateway.drop({ canResume: true });
    else discord.faults.gateway.closeWith(code);
    await back();

    expect(lines).toEqual([RECONNECTING, RESUMED]);
    expect(fatal).toEqual([]);
  });

  it.each([1000, 1001, 4003, 4005, 4007, 4008])('logs in anew after a close with %i', async (code) => {
    await using run = await start();
    const { discord, bot, lines, fatal, back } = run;
    await bot.start(() => []);

    discord.faults.gateway.closeWith(code);
    await back();

    expect(lines).toEqual([RECONNECTING, BACK]);
    expect(fatal).toEqual([]);
    expect(discord.connectedSessions()).toBe(1);
  });

  it.each([4004, 4010, 4011, 4012, 4013, 4014])('is at its end after a close with %i', async (code) => {
    await using run = await start();
    const { discord, bot, lines, fatal } = run;
    await bot.start(() => []);

    discord.faults.gateway.closeWith(code);
    await vi.waitFor(() => expect(fatal).toEqual([`the gateway closed with ${code}`]), PATIENCE);

    expect(lines).toEqual(['The gateway connection ended.']);
  });

  it('waits between two log-ins as Discord demands', async () => {
    await using run = await start({ sessionStarts: { gapMs: 20 } });
    const { discord, bot, pauses, back } = run;
    await bot.start(() => []);

    discord.faults.gateway.invalidate({ canResume: false });
    await back();

    expect(pauses).toEqual([expect.toSatisfy((ms: number) => ms > 0 && ms <= 5_500)]);
  });

  it('logs the shards of each bucket in one after the other, so that Discord refuses none', async () => {
    const sessionStarts = { gapMs: 100, maxConcurrency: 2 };
    await using run = await start({ sessionStarts, world: toLargePlan(4) }, { shards: 4, speed: 10 });
    const { discord, bot } = run;

    await bot.start(() => []);

    expect(discord.hastyLogins()).toBe(0);
    expect(discord.connectedSessions()).toBe(4);
    expect(bot.client.guilds.cache.size).toBe(discord.guildIds.length);
  });

  it('counts the attempts of each shard for itself', async () => {
    await using run = await start({ world: toLargePlan(2) }, { shards: 2 });
    const { discord, bot, lines, back } = run;
    await bot.start(() => []);

    discord.faults.gateway.drop({ canResume: true, shardId: 1 });
    await back();
    discord.faults.gateway.drop({ canResume: false, shardId: 0 });
    await back();

    expect(lines).toEqual([RECONNECTING, RESUMED, RECONNECTING, BACK]);
    expect(discord.connectedSessions()).toBe(2);
  });

  it('does not log in a process that needs more log-ins than are left', async () => {
    await using run = await start({ sessionStarts: { gapMs: 0, total: 3 } }, { shards: 4 });

    await expect(run.bot.start(() => [])).rejects.toThrow(/Not enough sessions remaining to spawn 4 shards/);
  });

  it('keeps the last log-ins of the day for starts of the process', async () => {
    await using run = await start({ sessionStarts: { gapMs: 0, total: 21 } });
    const { discord, bot, lines, pauses } = run;
    await bot.start(() => []);

    discord.faults.gateway.invalidate({ canResume: false });
    await vi.waitFor(
      () => expect(lines).toContain('Nearly all log-ins of the day are used up; waiting for new ones.'),
      PATIENCE,
    );

    expect(Math.max(...pauses)).toBeGreaterThan(23 * 3_600_000);
  });
});
