import { Events, GatewayIntentBits, type REST, type TextChannel, type Webhook, WebhookClient } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Permission } from '../../../sandbox/discord/discord-numbers.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { allow, type RealBot, refusalOf, startRealBot } from './real-client.ts';

const INTENTS = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildWebhooks];

describe('webhooks by the real discord.js', () => {
  let bot: RealBot;
  let rest: REST;
  let channel: TextChannel;
  let stop: () => void;

  beforeAll(async () => {
    bot = await startRealBot({}, { intents: INTENTS });
    rest = bot.client.rest;
    channel = (await bot.client.channels.fetch(ids.general)) as TextChannel;
    stop = allow(bot.discord, Permission.ManageWebhooks);
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  const seen = (channelId: string) => bot.discord.people(ids.owner).messages(channelId);
  const withToken = ({ id, token }: Webhook) =>
    new WebhookClient({ id, token: token ?? '' }, { rest: { api: bot.discord.apiUrl, retries: 0 } });

  it('makes, lists, changes and deletes them, and notifies its clients', async () => {
    const received: string[] = [];
    bot.client.on(Events.WebhooksUpdate, ({ id }) => received.push(id));

    const webhook = await channel.createWebhook({ name: 'Herald' });
    const listed = [await channel.fetchWebhooks(), await channel.guild.fetchWebhooks()];
    const renamed = await webhook.edit({ name: 'Crier', channel: ids.showcase });
    const fetched = await bot.client.fetchWebhook(webhook.id, webhook.token ?? '');
    await webhook.delete();

    expect(listed.map((found) => found.map(({ name }) => name))).toEqual([['Herald'], ['Herald']]);
    expect([renamed.name, fetched.channelId]).toEqual(['Crier', ids.showcase]);
    expect(await refusalOf(bot.client.fetchWebhook(webhook.id))).toEqual({ code: 10015, status: 404 });
    await expect.poll(() => received).toEqual([ids.general, ids.general, ids.showcase, ids.showcase]);
  });

  it('sends, reads, edits and deletes messages under its own name', async () => {
    const webhook = await channel.createWebhook({ name: 'Herald' });

    const sent = await webhook.send({
      content: 'x',
      username: 'Crier',
      files: [{ name: 'a.txt', attachment: Buffer.from('a') }],
    });
    const edited = await webhook.editMessage(sent.id, { content: 'y' });
    const read = await webhook.fetchMessage(sent.id);
    const quiet = await rest.post(`/webhooks/${webhook.id}/${webhook.token}`, { body: { content: 'z' } });
    const shown = seen(ids.general).map(({ content, author }) => [content, author.username]);
    await webhook.deleteMessage(sent.id);

    expect([sent.author.username, sent.webhookId, edited.content, read.attachments.size]).toEqual([
      'Crier',
      webhook.id,
      'y',
      1,
    ]);
    expect(quiet).toBeInstanceOf(ArrayBuffer);
    expect(shown).toEqual([
      ['y', 'Crier'],
      ['z', 'Herald'],
    ]);
    expect(await refusalOf(webhook.fetchMessage(sent.id))).toEqual({ code: 10008, status: 404 });
    await webhook.delete();
  });

  it('writes into a thread of its channel, and wakes it, but into no other', async () => {
    const webhook = await channel.createWebhook({ name: 'Herald' });
    bot.discord.world.updateThread(ids.thread, { archived: true });

    const sent = await webhook.send({ content: 'x', threadId: ids.thread });
    const members = bot.discord.world.channels.get(ids.thread)?.thread?.members.map(({ userId }) => userId);
    const elsewhere = await refusalOf(webhook.send({ content: 'x', threadId: ids.showcase }));

    expect(sent.channelId).toBe(ids.thread);
    expect(bot.discord.world.channels.get(ids.thread)?.thread?.archived).toBe(false);
    expect(members).toEqual([ids.moderator]);
    expect(elsewhere).toEqual({ code: 10003, status: 404 });
    expect((await webhook.fetchMessage(sent.id, { threadId: ids.thread })).id).toBe(sent.id);
    await webhook.delete();
  });

  it('opens posts in a forum, and only there', async () => {
    const forum = await bot.client.channels.fetch(ids.forum);
    const [there, here] = [
      await (forum as TextChannel).createWebhook({ name: 'a' }),
      await channel.createWebhook({ name: 'b' }),
    ];

    const post = await there.send({ content: 'x', threadName: 'A post' });
    const inPost = await there.send({ content: 'y', threadId: post.channelId });
    const codeOf = async (sending: Promise<unknown>) => (await refusalOf(sending)).code;

    expect(bot.discord.world.channels.get(post.channelId)).toMatchObject({ name: 'A post', parentId: ids.forum });
    expect(inPost.channelId).toBe(post.channelId);
    expect(await codeOf(there.send('x'))).toBe(220001);
    expect(await codeOf(there.send({ content: 'x', threadName: 'A', threadId: post.channelId }))).toBe(220002);
    expect(await codeOf(here.send({ content: 'x', threadName: 'A' }))).toBe(220003);
    await Promise.all([there.delete(), here.delete()]);
  });

  it('is known by its token alone, and refuses a wrong one', async () => {
    const webhook = await channel.createWebhook({ name: 'Herald' });
    const client = withToken(webhook);
    const stranger = new WebhookClient(
      { id: webhook.id, token: 'x'.repeat(68) },
      { rest: { api: bot.discord.apiUrl } },
    );

    await client.send('x');
    await client.edit({ name: 'Crier' });

    expect(await refusalOf(stranger.send('x'))).toEqual({ code: 50027, status: 401 });
    await client.delete();
    expect(await refusalOf(client.send('x'))).toEqual({ code: 10015, status: 404 });
  });

  it('holds 15 in a channel and no more (30007)', async () => {
    const showcase = (await bot.client.channels.fetch(ids.showcase)) as TextChannel;
    for (let n = 0; n < 15; n += 1) await showcase.createWebhook({ name: `${n}` });

    expect(await refusalOf(showcase.createWebhook({ name: '16' }))).toEqual({ code: 30007, status: 400 });
  });

  it.each(['', 'x'.repeat(81), 'Clyde', 'my discord'])('refuses the name "%s"', async (name) => {
    const refusal = await refusalOf(rest.post(`/channels/${ids.general}/webhooks`, { body: { name } }));

    expect(refusal).toEqual({ code: 50035, status: 400 });
  });

  it('refuses what a message may not be, and threads as their home', async () => {
    const webhook = await channel.createWebhook({ name: 'Herald' });
    const path = `/webhooks/${webhook.id}/${webhook.token}` as const;
    const tooLong = { content: 'x', username: 'x'.repeat(81) };

    expect(await refusalOf(rest.post(path, { body: {} }))).toEqual({ code: 50006, status: 400 });
    expect(await refusalOf(rest.post(path, { body: tooLong }))).toEqual({ code: 50035, status: 400 });
    expect(await refusalOf(rest.post(`/channels/${ids.thread}/webhooks`, { body: { name: 'a' } }))).toEqual({
      code: 50024,
      status: 400,
    });
    await webhook.delete();
  });

  it('refuses all but sending without Manage Webhooks', async () => {
    const webhook = await channel.createWebhook({ name: 'Herald' });
    stop();

    const refused = [
      await refusalOf(channel.createWebhook({ name: 'b' })),
      await refusalOf(channel.fetchWebhooks()),
      await refusalOf(channel.guild.fetchWebhooks()),
      await refusalOf(rest.delete(`/webhooks/${webhook.id}`)),
    ];

    expect(refused.map(({ code }) => code)).toEqual([50013, 50013, 50013, 50013]);
    expect((await webhook.send('x')).content).toBe('x');
  });
});
