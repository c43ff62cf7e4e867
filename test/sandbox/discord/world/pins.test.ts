import { Events, GatewayIntentBits, type REST, Routes, type TextChannel } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Permission } from '../../../../sandbox/discord/discord-numbers.ts';
import { startDiscordStandIn } from '../../../../sandbox/discord/discord-stand-in.ts';
import { createMessage } from '../../../../sandbox/discord/world/messages.ts';
import { pin } from '../../../../sandbox/discord/world/pins.ts';
import { sandboxIds as ids } from '../../../../sandbox/discord/world/world-plan.ts';
import { FakeClock } from '../../../fake-clock.ts';
import { allow, type RealBot, refusalOf, restOf, startRealBot } from '../real-client.ts';

const ALLOWED = Permission.PinMessages;

describe('pinned messages by the real discord.js', () => {
  const clock = new FakeClock(Date.parse('2026-03-01T12:00:00Z'));
  let bot: RealBot;
  let rest: REST;
  let channel: TextChannel;

  beforeAll(async () => {
    bot = await startRealBot({ clock }, { intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages] });
    rest = bot.client.rest;
    channel = (await bot.client.channels.fetch(ids.general)) as TextChannel;
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  it('refuses to pin without Pin Messages, which Manage Messages no longer brings', async () => {
    const message = await channel.send('x');
    const giveBack = allow(bot.discord, Permission.ManageMessages);

    const refusal = await refusalOf(message.pin());
    giveBack();

    expect(refusal).toEqual({ code: 50013, status: 403 });
  });

  it('pins once, says so in the channel and to its clients, and unpins', async () => {
    const giveBack = allow(bot.discord, ALLOWED);
    const message = await channel.send('x');
    const received: unknown[] = [];
    bot.client.on(Events.ChannelPinsUpdate, (where, at) => received.push([where.id, Number(at)]));

    await message.pin();
    await message.pin();
    const pinned = await channel.messages.fetchPins();
    const notice = bot.discord.people(ids.member).messages(ids.general).at(-1);
    await message.unpin();
    giveBack();

    expect(pinned.items.map((item) => [item.message.id, item.pinnedTimestamp])).toEqual([[message.id, clock.now()]]);
    expect([notice?.type, notice?.message_reference?.message_id]).toEqual([6, message.id]);
    await expect
      .poll(() => received)
      .toEqual([
        [channel.id, clock.now()],
        [channel.id, 0],
      ]);
    expect(bot.discord.requests.of('CHANNEL_PINS_UPDATE').map(({ body }) => body)).toMatchObject([
      { last_pin_timestamp: new Date(clock.now()).toISOString() },
      { last_pin_timestamp: null },
    ]);
    expect((await message.fetch(true)).pinned).toBe(false);
    expect((await channel.messages.fetchPins()).items).toEqual([]);
    expect(await refusalOf(rest.put(`/channels/${channel.id}/messages/pins/${notice?.id}`))).toMatchObject({
      code: 50013,
    });
  });

  it('pages pins, the latest first, and answers the old routes too', async () => {
    const giveBack = allow(bot.discord, ALLOWED);
    const sent: string[] = [];
    for (const content of ['1', '2', '3']) {
      const message = await channel.send(content);
      await rest.put(Routes.channelPin(channel.id, message.id));
      sent.push(message.id);
      await clock.advance(1_000);
    }

    const first = await channel.messages.fetchPins({ limit: 2 });
    const second = await channel.messages.fetchPins({ before: first.items.at(-1)?.pinnedTimestamp ?? 0 });
    const old = (await rest.get(`/channels/${channel.id}/pins`)) as { id: string }[];
    for (const id of sent) await rest.delete(`/channels/${channel.id}/pins/${id}`);
    giveBack();

    const idsOf = ({ items }: typeof first) => items.map(({ message }) => message.id);
    expect([idsOf(first), first.hasMore]).toEqual([[sent[2], sent[1]], true]);
    expect([idsOf(second), second.hasMore]).toEqual([[sent[0]], false]);
    expect(old.map(({ id }) => id)).toEqual(sent.toReversed());
    expect(await rest.get(`/channels/${channel.id}/pins`)).toEqual([]);
  });

  it('lets people pin as they may', () => {
    const { id } = bot.discord.people(ids.member).send(ids.general, 'x');

    expect(() => bot.discord.people(ids.member).pin(id)).toThrow('You cannot pin this');
    bot.discord.people(ids.owner).pin(id);
    expect(bot.discord.world.messages.get(id)?.message.pinned).toBe(true);
  });
});

describe('the limit of pins', () => {
  /** Without a client, which would hear of every pin. */
  async function startAlone() {
    const discord = await startDiscordStandIn({ limits: 'off' });
    return Object.assign(discord, { [Symbol.asyncDispose]: () => discord.close() });
  }

  it('holds 250 pins and no more (30003), and pins nothing that Discord itself wrote (50021)', async () => {
    await using discord = await startAlone();
    const { world } = discord;
    allow(discord, ALLOWED);
    const rest = restOf(discord);
    const showcase = world.channels.get(ids.showcase);
    if (showcase === undefined) throw new Error('no channel');
    const write = () => {
      const draft = { channel: showcase, authorId: ids.member, type: 0, body: { content: 'x' }, uploads: [] };
      return createMessage(world, draft);
    };
    for (let n = 0; n < 250; n += 1) pin(world, showcase, write(), ids.member);
    const notice = discord.people(ids.member).messages(ids.showcase).at(-1);

    const full = await refusalOf(rest.put(Routes.channelMessagesPin(ids.showcase, write().message.id)));
    const system = await refusalOf(rest.put(Routes.channelMessagesPin(ids.showcase, notice?.id ?? '')));

    expect(full).toEqual({ code: 30003, status: 400 });
    expect(system).toEqual({ code: 50021, status: 403 });
  });
});
