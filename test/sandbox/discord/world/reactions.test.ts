import { Events, GatewayIntentBits, type Message, type REST, type TextChannel } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Permission } from '../../../../sandbox/discord/discord-numbers.ts';
import { sandboxIds as ids } from '../../../../sandbox/discord/world/world-plan.ts';
import { allow, type RealBot, refusalOf, startRealBot } from '../real-client.ts';

const INTENTS = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessageReactions];
const FACES = '😀😃😄😁😆😅😂🤣😊😇🙂🙃😉😌😍🥰😘😗😙😚';
const MANAGE = Permission.ManageMessages;

describe('reactions by the real discord.js', () => {
  let bot: RealBot;
  let rest: REST;
  let channel: TextChannel;
  const received: unknown[] = [];

  beforeAll(async () => {
    bot = await startRealBot({}, { intents: INTENTS });
    rest = bot.client.rest;
    channel = (await bot.client.channels.fetch(ids.general)) as TextChannel;
    bot.client.on(Events.MessageReactionAdd, ({ emoji }, user) => received.push(['add', emoji.name, user.id]));
    bot.client.on(Events.MessageReactionRemove, ({ emoji }, user) => received.push(['remove', emoji.name, user.id]));
    bot.client.on(Events.MessageReactionRemoveAll, () => received.push(['all']));
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  const read = (message: Message) => message.fetch(true);

  it('reacts once however often it is asked, and takes it back', async () => {
    const message = await channel.send('x');
    received.length = 0;

    await message.react('🔥');
    await message.react('🔥');
    bot.discord.people(ids.member).react(message.id, '🔥');
    const both = (await read(message)).reactions.cache.get('🔥');
    const [count, isOwn] = [both?.count, both?.me];
    const users = await both?.users.fetch();
    await both?.users.remove(bot.client.user);
    const left = (await read(message)).reactions.cache.get('🔥');

    expect([count, isOwn, users?.map(({ id }) => id)]).toEqual([2, true, [ids.member, ids.application]]);
    expect([left?.count, left?.me]).toEqual([1, false]);
    await expect
      .poll(() => received)
      .toEqual([
        ['add', '🔥', ids.application],
        ['add', '🔥', ids.member],
        ['remove', '🔥', ids.application],
      ]);
  });

  it('lets the bot take away what others put there only with Manage Messages', async () => {
    const message = await channel.send('x');
    const member = bot.discord.people(ids.member);
    for (const emoji of ['🔥', '👍', '🎉']) member.react(message.id, emoji);
    const path = `/channels/${channel.id}/messages/${message.id}/reactions` as const;
    const others = [`${path}/🔥/${ids.member}`, `${path}/👍`, path] as const;
    const removals = () => others.map((route) => refusalOf(rest.delete(route)));
    await read(message);

    const refused = await Promise.all(removals());
    const giveBack = allow(bot.discord, MANAGE);
    const done = await Promise.all(removals());
    giveBack();

    expect(refused.map(({ code }) => code)).toEqual([50013, 50013, 50013]);
    expect(done.map(({ code }) => code)).toEqual([undefined, undefined, undefined]);
    await expect.poll(() => received.slice(-2)).toEqual([['remove', '🔥', ids.member], ['all']]);
    expect(bot.discord.requests.of('MESSAGE_REACTION_REMOVE_EMOJI')).toHaveLength(1);
    expect((await read(message)).reactions.cache.size).toBe(0);
  });

  it('reacts with an emoji of the application, and with no other that has an id', async () => {
    const { emojis } = bot.client.application;
    const own = await emojis.create({ name: 'grid', attachment: Buffer.from('GIF89a') });
    const message = await channel.send('x');

    await message.react(own);

    expect((await read(message)).reactions.cache.get(own.id)?.count).toBe(1);
    expect(await refusalOf(message.react('other:1111111111111111111'))).toEqual({ code: 10014, status: 400 });
    expect(await refusalOf(message.react('word'))).toEqual({ code: 10014, status: 400 });
  });

  it('counts up to twenty emojis on a message (30010)', async () => {
    const message = await channel.send('x');
    const member = bot.discord.people(ids.member);
    for (const emoji of FACES) member.react(message.id, emoji);

    expect(await refusalOf(message.react('🔥'))).toEqual({ code: 30010, status: 400 });
    expect(await refusalOf(message.react('😀'))).toEqual({ code: undefined, status: undefined });
  });

  it.each([
    ['Read Message History', Permission.ReadMessageHistory, 50013],
    ['Add Reactions', Permission.AddReactions, 50013],
    ['View Channel', Permission.ViewChannel, 50001],
  ])('refuses a reaction without %s', async (_name, deny, code) => {
    const message = await channel.send('x');
    bot.discord.world.setOverwrite(channel.id, { id: ids.botRole, kind: 'role', allow: 0n, deny });

    const refusal = await refusalOf(message.react('🔥'));
    bot.discord.world.removeOverwrite(channel.id, ids.botRole);

    expect(refusal).toEqual({ code, status: 403 });
  });

  it('joins a reaction that is there without Add Reactions, and refuses what is gone', async () => {
    const message = await channel.send('x');
    bot.discord.people(ids.member).react(message.id, '🔥');
    const deny = Permission.AddReactions;
    bot.discord.world.setOverwrite(channel.id, { id: ids.botRole, kind: 'role', allow: 0n, deny });
    const joined = await refusalOf(message.react('🔥'));
    bot.discord.world.removeOverwrite(channel.id, ids.botRole);
    await message.delete();

    expect(joined.code).toBeUndefined();
    expect(await refusalOf(message.react('🔥'))).toEqual({ code: 10008, status: 404 });
  });
});
