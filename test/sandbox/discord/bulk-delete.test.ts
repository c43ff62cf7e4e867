import { Events, GatewayIntentBits, type REST, Routes, SnowflakeUtil, type TextChannel } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Permission } from '../../../sandbox/discord/discord-numbers.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { allow, type RealBot, refusalOf, startRealBot } from './real-client.ts';

const DAY_MS = 24 * 60 * 60_000;
const idAt = (timestamp: number) => SnowflakeUtil.generate({ timestamp }).toString();

describe('deleting many messages by the real discord.js', () => {
  let bot: RealBot;
  let rest: REST;
  let channel: TextChannel;

  beforeAll(async () => {
    bot = await startRealBot({}, { intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages] });
    rest = bot.client.rest;
    channel = (await bot.client.channels.fetch(ids.general)) as TextChannel;
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  const remove = (channelId: string, messages: readonly string[]) =>
    refusalOf(rest.post(Routes.channelBulkDelete(channelId), { body: { messages } }));

  it('deletes them with one event, and passes over those that are gone', async () => {
    const giveBack = allow(bot.discord, Permission.ManageMessages);
    const sent = [await channel.send('1'), await channel.send('2')].map(({ id }) => id);
    const received = new Promise((resolve) =>
      bot.client.once(Events.MessageBulkDelete, (gone) => resolve([...gone.keys()])),
    );

    const refusal = await remove(channel.id, [...sent, idAt(Date.now())]);
    giveBack();

    expect(refusal.code).toBeUndefined();
    expect(await received).toEqual(sent);
    expect(bot.discord.people(ids.member).messages(ids.general)).toEqual([]);
  });

  it('refuses without Manage Messages, and in direct messages', async () => {
    const dm = bot.discord.people(ids.member).openDm();

    expect(await remove(channel.id, [idAt(Date.now()), idAt(Date.now() - 1)])).toEqual({ code: 50013, status: 403 });
    expect(await remove(dm, [idAt(Date.now()), idAt(Date.now() - 1)])).toEqual({ code: 50003, status: 403 });
  });

  it.each([
    ['one message', [idAt(Date.now())], 50016],
    ['a hundred and one', Array.from({ length: 101 }, (_, n) => idAt(Date.now() - n)), 50016],
    ['one that is older than 14 days', [idAt(Date.now()), idAt(Date.now() - 14 * DAY_MS - 60_000)], 50034],
    ['one that is named twice', ['1', '2', '2'].map((n) => `149000000000000000${n}`), 50035],
    ['what is no id', ['x', 'y'], 50035],
  ])('refuses %s', async (_what, messages, code) => {
    const giveBack = allow(bot.discord, Permission.ManageMessages);

    const refusal = await remove(channel.id, messages);
    giveBack();

    expect(refusal).toEqual({ code, status: 400 });
  });
});
