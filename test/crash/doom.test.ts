import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { BotProcess } from './bot-process.ts';

describe('a bot that is to die at a sync of its store', () => {
  let discord: DiscordStandIn;
  let useapi: UseapiStandIn;
  let bot: BotProcess;

  beforeEach(async () => {
    discord = await startDiscordStandIn({ limits: 'off' });
    useapi = await startUseapiStandIn({ speed: 0 });
    bot = new BotProcess({ discord, useapi });
  });
  afterEach(async () => {
    await bot.close();
    await discord.close();
    await useapi.close();
  });

  it('dies at that one, from its start on or counted from when it is asked, and can live again', async () => {
    bot.start({ atSync: 3 });
    expect(await bot.ready()).toBe(false);
    await bot.ended();

    bot.start({ aheadMs: 60_000 });
    expect(await bot.ready()).toBe(true);
    expect(await bot.doom({ atSync: 1, when: 'after' })).toBeGreaterThan(3);
    await bot.ended();

    expect(bot.isAlive).toBe(false);
  });
});
