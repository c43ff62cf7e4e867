import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../../sandbox/discord/discord-stand-in.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { Bot } from '../../../src/discord/core/bot.ts';
import type { CommandPlace } from '../../../src/discord/core/command-registration.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

const OFFERED = [{ data: { name: 'ping', description: 'Answers pong' } }];

describe('CommandRegistration', () => {
  let discord: DiscordStandIn;
  let place: CommandPlace | undefined;
  const bots: Bot[] = [];

  beforeEach(async () => {
    place = undefined;
    discord = await startDiscordStandIn({ limits: 'off' });
  });

  afterEach(async () => {
    for (const bot of bots.splice(0)) await bot.stop();
    await discord.close();
  });

  async function start(guildIds: readonly string[] | 'all'): Promise<Bot> {
    for (const bot of bots.splice(0)) await bot.stop();
    const { token, apiUrl } = discord;
    const commandPlaces = {
      read: async () => place,
      write: async (next: CommandPlace) => {
        place = next;
      },
    };
    const clock = { ...systemClock, sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal) };
    const onFatal = (reason: string) => {
      throw new Error(reason);
    };
    const bot = new Bot({ token, apiUrl, guildIds, commandPlaces, clock, logger: silentLogger, onFatal });
    bots.push(bot);
    await bot.start(() => OFFERED);
    return bot;
  }

  const offered = (channelId: string, userId: string) =>
    discord
      .people(userId)
      .commands(channelId)
      .map(({ name }) => name);
  const inGeneral = () => offered(ids.general, ids.member);
  const inOther = () => offered(ids.otherGeneral, ids.outsider);

  it('offers each command once, whichever way the servers are named from start to start', async () => {
    await start([ids.guild]);
    const listed = [inGeneral(), inOther()];
    await start('all');
    await expect.poll(() => place).toBe('everywhere');
    const all = [inGeneral(), inOther()];
    await start([ids.guild]);
    await expect.poll(() => place).toBe('servers');
    const again = [inGeneral(), inOther()];

    expect(listed).toEqual([['ping'], []]);
    expect(all).toEqual([['ping'], ['ping']]);
    expect(again).toEqual([['ping'], []]);
  });

  it('registers nothing before it is known what is offered', async () => {
    await start([ids.guild]);

    const bodies = discord.requests.of('PUT /applications/{application_id}/guilds/{guild_id}/commands');

    expect(bodies.map(({ body }) => body)).toEqual([[expect.objectContaining({ name: 'ping' })]]);
  });

  it('knows the id of a command in every server', async () => {
    const everywhere = await start('all');
    const [registered] = discord.world.commands.list(undefined);

    expect(everywhere.commandId(ids.otherGuild, 'ping')).toBe(registered?.id);
    expect(everywhere.commandId(ids.guild, 'pong')).toBeUndefined();
  });

  it('tries again what Discord did not take', async () => {
    const fault = { kind: 'status', status: 500 } as const;
    discord.faults.add({ route: 'PUT /applications/{application_id}/commands', fault, times: 5 });

    await start('all');

    await expect.poll(inGeneral).toEqual(['ping']);
  });

  it('tries at the next start to take away what it could not', async () => {
    await start([ids.guild]);
    const fault = { kind: 'status', status: 403, body: { code: 50001, message: 'Missing Access' } } as const;
    discord.faults.add({ route: 'guilds/{guild_id}/commands', fault, times: 1 });
    await start('all');
    await expect.poll(() => discord.faults.list()).toEqual([]);
    const twice = inGeneral();

    await start('all');
    await expect.poll(() => place).toBe('everywhere');

    expect([twice, inGeneral()]).toEqual([['ping', 'ping'], ['ping']]);
  });

  it('registers the commands anew in a server that removed the bot and takes it back', async () => {
    await start([ids.guild]);
    discord.world.removeMember(ids.guild, discord.applicationId);
    discord.world.addMember(ids.guild, discord.applicationId, [ids.botRole]);

    await expect.poll(inGeneral).toEqual(['ping']);
  });
});
