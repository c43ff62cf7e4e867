import { ChannelType, type GuildTextBasedChannel, MessageFlags, type REST } from 'discord.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../../sandbox/discord/world/world-plan.ts';
import { type RealBot, refusalOf, startRealBot } from '../real-client.ts';

const text = (content: string) => ({ type: 10, content });
const file = (name: string, content = name) => ({ name, attachment: Buffer.from(content) });

describe('channel messages of the real discord.js', () => {
  let bot: RealBot;
  let rest: REST;

  beforeAll(async () => {
    bot = await startRealBot();
    rest = bot.client.rest;
  });

  afterAll(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  async function channelOf(id: string): Promise<GuildTextBasedChannel> {
    const channel = await bot.client.channels.fetch(id);
    if (channel === null || !channel.isTextBased() || channel.isDMBased()) throw new Error('no text channel');
    return channel;
  }

  it('keeps the order of files and their bytes', async () => {
    const channel = await channelOf(ids.general);

    const message = await channel.send({ files: [file('b.txt', 'second?'), file('a.txt', 'first?')] });

    const attachments = [...message.attachments.values()];
    expect(attachments.map(({ name, size }) => [name, size])).toEqual([
      ['b.txt', 7],
      ['a.txt', 6],
    ]);
    expect(await (await fetch(attachments[0]?.url ?? '')).text()).toBe('second?');
  });

  it('keeps on an edit only the files it lists, and adds new ones', async () => {
    const channel = await channelOf(ids.general);
    const message = await channel.send({ files: [file('a.txt'), file('b.txt')] });
    const kept = message.attachments.filter(({ name }) => name === 'b.txt');

    const edited = await message.edit({ attachments: [...kept.values()], files: [file('c.txt')] });

    expect(edited.attachments.map(({ name }) => name)).toEqual(['b.txt', 'c.txt']);
  });

  it('shows a file in components only, also after an edit that names it again', async () => {
    const channel = await channelOf(ids.general);
    const gallery = { type: 12, items: [{ media: { url: 'attachment://grid.txt' } }] };
    const flags = MessageFlags.IsComponentsV2 as const;
    const message = await channel.send({ flags, files: [file('grid.txt')], components: [gallery] as never });

    const edited = await message.edit({ components: [text('caption'), gallery] as never });

    const url = (from: typeof message, at: number) =>
      (from.toJSON() as { components: { items?: { media: { url: string } }[] }[] }).components[at]?.items?.[0]?.media
        .url;
    expect(message.attachments.size).toBe(0);
    expect(edited.attachments.size).toBe(0);
    expect(url(edited, 1)).toBe(url(message, 0));
    expect(await refusalOf(message.edit({ content: 'legacy' }))).toEqual({ code: 50035, status: 400 });
  });

  it('refuses a file that a component names but nobody sent', async () => {
    const body = { flags: 1 << 15, components: [{ type: 13, file: { url: 'attachment://none.txt' } }] };

    const refusal = await refusalOf(rest.post(`/channels/${ids.general}/messages`, { body }));

    expect(refusal).toEqual({ code: 50035, status: 400 });
  });

  it('takes the number of a file for its id', async () => {
    const body = { content: 'x', attachments: [{ id: 0, description: 'a file' }] };
    const files = [{ name: 'a.txt', data: Buffer.from('a') }];

    const sent = (await rest.post(`/channels/${ids.general}/messages`, { body, files })) as { attachments: object[] };

    expect(sent.attachments).toMatchObject([{ filename: 'a.txt', description: 'a file' }]);
  });

  it('refuses a file over 10 MiB with 40005', async () => {
    const channel = await channelOf(ids.general);
    const attachment = Buffer.alloc(10 * 1024 * 1024 + 1);

    expect(await refusalOf(channel.send({ files: [{ name: 'big.bin', attachment }] }))).toEqual({
      code: 40005,
      status: 413,
    });
  });

  it('notifies only whom allowed_mentions lets, and only roles that may be mentioned', async () => {
    const channel = await channelOf(ids.general);
    const content = `<@${ids.member}> <@&${ids.artistRole}> <@&${ids.moderatorRole}> @everyone`;

    const open = await channel.send({ content });
    const closed = await channel.send({ content, allowedMentions: { parse: [] } });
    const role = await channel.send({ content, allowedMentions: { parse: [], roles: [ids.artistRole] } });

    const mentioned = ({ mentions }: typeof open) => [[...mentions.users.keys()], [...mentions.roles.keys()]];
    expect(mentioned(open)).toEqual([[ids.member], [ids.artistRole]]);
    expect(mentioned(closed)).toEqual([[], []]);
    expect(mentioned(role)).toEqual([[], [ids.artistRole]]);
    expect(open.mentions.everyone).toBe(false);
  });

  it('replies, and refuses to reply to what is not there', async () => {
    const channel = await channelOf(ids.general);
    const first = await channel.send('first');

    const reply = await first.reply('second');
    await first.delete();

    expect(reply.reference?.messageId).toBe(first.id);
    expect(await refusalOf(first.reply('third'))).toEqual({ code: 50035, status: 400 });
    expect(await refusalOf(first.edit('x'))).toEqual({ code: 10008, status: 404 });
  });

  it('pages messages before, after and around one', async () => {
    const channel = await channelOf(ids.announcements);
    const sent: string[] = [];
    for (const content of ['1', '2', '3', '4', '5']) sent.push((await channel.send(content)).id);
    const middle = sent[2] ?? '';
    const read = async (options: object) => {
      const page = await channel.messages.fetch({ cache: false, ...options } as never);
      return [...(page as unknown as Map<string, { content: string }>).values()].map(({ content }) => content);
    };

    expect(await read({ limit: 2 })).toEqual(['5', '4']);
    expect(await read({ limit: 1, before: middle })).toEqual(['2']);
    expect(await read({ limit: 1, after: middle })).toEqual(['4']);
    expect(await read({ limit: 3, around: middle })).toEqual(['4', '3', '2']);
  });

  it('does not edit what others wrote, and deletes it only with Manage Messages', async () => {
    const { id } = bot.discord.people(ids.member).send(ids.general, 'mine');
    const path = `/channels/${ids.general}/messages/${id}` as const;

    expect(await refusalOf(rest.patch(path, { body: { content: 'x' } }))).toEqual({ code: 50005, status: 403 });
    expect(await refusalOf(rest.delete(path))).toEqual({ code: 50013, status: 403 });
  });

  it('opens a forum post with its first message in it, and nothing when that is refused', async () => {
    const forum = await bot.client.channels.fetch(ids.forum);
    if (forum?.type !== ChannelType.GuildForum) throw new Error('no forum');
    const count = () => bot.discord.world.channels.size;

    const post = await forum.threads.create({ name: 'job', message: { content: 'card', files: [file('a.txt')] } });
    const before = count();
    const refused = refusalOf(rest.post(`/channels/${forum.id}/threads`, { body: { name: 'x', message: {} } }));

    const starter = await post.fetchStarterMessage();
    expect(starter).toMatchObject({ id: post.id, content: 'card' });
    expect(starter?.attachments.size).toBe(1);
    expect(await refused).toMatchObject({ status: 400 });
    expect(count()).toBe(before);
    expect(await refusalOf(rest.post(`/channels/${forum.id}/messages`, { body: { content: 'x' } }))).toEqual({
      code: 50008,
      status: 400,
    });
  });

  it('refuses edits in an archived thread with 50083 until it is woken', async () => {
    const thread = await channelOf(ids.thread);
    if (!thread.isThread()) throw new Error('no thread');
    const message = await thread.send('in a thread');
    bot.discord.world.updateThread(thread.id, { archived: true });

    expect(await refusalOf(message.edit('x'))).toEqual({ code: 50083, status: 400 });
    await rest.patch(`/channels/${thread.id}`, { body: { archived: false } });
    expect((await message.edit('y')).content).toBe('y');
  });

  it('wakes an archived thread by writing, but not a locked one', async () => {
    const path = `/channels/${ids.thread}/messages` as const;
    const write = () => rest.post(path, { body: { content: 'x' } });
    bot.discord.world.updateThread(ids.thread, { archived: true });
    await write();
    const isAwake = bot.discord.world.channels.get(ids.thread)?.thread?.archived === false;
    bot.discord.world.updateThread(ids.thread, { locked: true });
    const locked = await refusalOf(write());
    bot.discord.world.updateThread(ids.thread, { locked: false });

    expect(isAwake).toBe(true);
    expect(locked).toEqual({ code: 160005, status: 400 });
  });

  it('writes to people directly until they close their messages (50007)', async () => {
    const user = await bot.client.users.fetch(ids.member);
    const member = bot.discord.people(ids.member);

    await user.send('hello');
    member.setDmsClosed(true);
    const refused = await refusalOf(user.send('again'));
    member.setDmsClosed(false);

    expect(member.messages(member.openDm()).map(({ content }) => content)).toEqual(['hello']);
    expect(refused).toEqual({ code: 50007, status: 403 });
  });

  it.each([
    ['ViewChannel', 1n << 10n, { content: 'x' }, 50001],
    ['SendMessages', 1n << 11n, { content: 'x' }, 50013],
    ['EmbedLinks', 1n << 14n, { embeds: [{ title: 'x' }] }, 50013],
    ['AttachFiles', 1n << 15n, { files: [file('a.txt')] }, 50013],
  ])('refuses a message without %s', async (_name, deny, payload, code) => {
    const channel = await channelOf(ids.showcase);
    const { world } = bot.discord;
    world.setOverwrite(ids.showcase, { id: ids.botRole, kind: 'role', allow: 0n, deny });

    const refusal = await refusalOf(channel.send(payload));
    world.removeOverwrite(ids.showcase, ids.botRole);

    expect(refusal).toEqual({ code, status: 403 });
    expect(await channel.send(payload)).toBeDefined();
  });

  it('answers unknown things with the codes that name them', async () => {
    const unknown = '1111111111111111111';

    expect(await refusalOf(rest.get(`/channels/${unknown}`))).toEqual({ code: 10003, status: 404 });
    expect(await refusalOf(rest.get(`/channels/${ids.general}/messages/${unknown}`))).toEqual({
      code: 10008,
      status: 404,
    });
    expect(await refusalOf(rest.get(`/guilds/${unknown}`))).toEqual({ code: 10004, status: 404 });
    expect(await refusalOf(rest.get(`/guilds/${ids.guild}/members/${unknown}`))).toEqual({ code: 10007, status: 404 });
    expect(await refusalOf(rest.get('/nothing'))).toEqual({ code: 0, status: 404 });
  });

  it('keeps two servers apart for the people in them', () => {
    const outsider = bot.discord.people(ids.outsider);

    expect(outsider.channels().map(({ id }) => id)).toEqual([ids.otherGeneral]);
    expect(outsider.messages(ids.general)).toEqual([]);
  });
});
