import { ChannelType, Events, type ForumChannel, type REST, type TextChannel, type ThreadChannel } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxIds as ids } from '../../../../sandbox/discord/world/world-plan.ts';
import { FakeClock } from '../../../fake-clock.ts';
import { type RealBot, refusalOf, startRealBot } from '../real-client.ts';

const HOUR_MS = 3_600_000;
const P = { view: 1n << 10n, history: 1n << 16n, manageThreads: 1n << 34n, privateThreads: 1n << 36n };

describe('threads of the real discord.js', () => {
  let clock: FakeClock;
  let bot: RealBot;
  let rest: REST;

  beforeEach(async () => {
    clock = new FakeClock();
    bot = await startRealBot({ clock });
    rest = bot.client.rest;
  });

  afterEach(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.misfits).toEqual([]);
  });

  async function channelOf<T>(id: string): Promise<T> {
    const channel = await bot.client.channels.fetch(id);
    if (channel === null) throw new Error('no channel');
    return channel as T;
  }
  const forum = () => channelOf<ForumChannel>(ids.forum);
  const denyBot = (channelId: string, deny: bigint, allow = 0n) =>
    bot.discord.world.setOverwrite(channelId, { id: ids.botRole, kind: 'role', allow, deny });
  const isArchived = (id: string) => bot.discord.world.channels.get(id)?.thread?.archived;

  async function openPost(name: string, autoArchiveDuration: 60 | 1440 = 60): Promise<ThreadChannel> {
    return (await forum()).threads.create({ name, autoArchiveDuration, message: { content: name } });
  }

  /** Posts that were archived a second apart, the first one first. */
  async function archivePosts(count: number): Promise<readonly string[]> {
    const names: string[] = [];
    for (let n = 1; n <= count; n += 1) {
      const post = await openPost(`post ${n}`);
      await clock.advance(1_000);
      await post.setArchived(true);
      names.push(post.name);
    }
    return names;
  }

  it('archives a thread once nothing has happened in it for its time, and emits so', async () => {
    const post = await openPost('quiet');
    await clock.advance(HOUR_MS - 1);
    const before = isArchived(post.id);
    const received = new Promise((resolve) =>
      bot.client.once(Events.ThreadUpdate, (_old, now) => resolve(now.archived)),
    );

    await clock.advance(1);

    expect([before, isArchived(post.id), await received]).toEqual([false, true, true]);
  });

  it('leaves a thread open in which somebody writes, which is woken, or whose time is made longer', async () => {
    const [written, woken, longer] = [await openPost('written'), await openPost('woken'), await openPost('longer')];
    await woken.setArchived(true);
    await clock.advance(HOUR_MS / 2);
    bot.discord.people(ids.member).send(written.id, 'still here');
    await woken.setArchived(false);
    await longer.setAutoArchiveDuration(1440);

    await clock.advance(HOUR_MS / 2);
    const atFirst = [written, woken, longer].map(({ id }) => isArchived(id));
    await clock.advance(HOUR_MS / 2);

    expect(atFirst).toEqual([false, false, false]);
    expect([written, woken, longer].map(({ id }) => isArchived(id))).toEqual([true, true, false]);
  });

  it('lists archived posts with what was archived last first, page by page', async () => {
    const names = await archivePosts(5);
    await openPost('open');
    const { threads } = await forum();

    const first = await threads.fetchArchived({ limit: 3 }, false);
    const oldest = [...first.threads.values()].at(-1);
    const second = await threads.fetchArchived({ limit: 3, before: oldest?.archivedAt ?? 0 }, false);

    expect([...first.threads.values()].map(({ name }) => name)).toEqual(names.slice(2).reverse());
    expect([...second.threads.values()].map(({ name }) => name)).toEqual(names.slice(0, 2).reverse());
    expect([first.hasMore, second.hasMore]).toEqual([true, false]);
  });

  it('lists the open threads that the bot can see, the newest first', async () => {
    const post = await openPost('open');
    await archivePosts(1);
    const guild = bot.client.guilds.cache.get(ids.guild);
    const list = async () => [...((await guild?.channels.fetchActiveThreads(false))?.threads.keys() ?? [])];
    const before = await list();

    denyBot(ids.general, P.view);

    expect(before).toEqual([post.id, ids.thread]);
    expect(await list()).toEqual([post.id]);
  });

  it('says how the bot is in the threads that it has joined', async () => {
    const post = await openPost('joined');
    await post.setArchived(true);

    const answer = await rest.get(`/channels/${ids.forum}/threads/archived/public`);

    const joined = { id: post.id, user_id: ids.application, flags: 0 };
    expect(answer).toMatchObject({ has_more: false, members: [joined], threads: [{ id: post.id, member: joined }] });
  });

  it.each([
    ['a limit of 1', ids.forum, '?limit=1', 50035],
    ['a limit over 100', ids.forum, '?limit=101', 50035],
    ['an id instead of a time', ids.forum, `?before=${ids.forum}`, 50035],
    ['a thread instead of a channel', ids.thread, '', 50024],
    ['a channel that is not there', '1204417700112100999', '', 10003],
  ])('refuses to list archived threads with %s', async (_name, id, query, code) => {
    const refusal = await refusalOf(rest.get(`/channels/${id}/threads/archived/public${query}` as '/'));

    expect(refusal.code).toBe(code);
  });

  it('needs the history to list archived threads, for private ones Manage Threads too', async () => {
    const list = (kind: string) => refusalOf(rest.get(`/channels/${ids.forum}/threads/archived/${kind}` as '/'));
    const unmanaged = await list('private');
    denyBot(ids.forum, P.history);
    const blind = await list('public');
    denyBot(ids.forum, P.view);

    expect(unmanaged).toEqual({ code: 50013, status: 403 });
    expect(blind).toEqual({ code: 50013, status: 403 });
    expect(await list('public')).toEqual({ code: 50001, status: 403 });
  });

  it('shows private threads only to those who are in them, and to those who manage threads', async () => {
    denyBot(ids.general, 0n, P.privateThreads);
    const { threads } = await channelOf<TextChannel>(ids.general);
    const thread = await threads.create({ name: 'secret', type: ChannelType.PrivateThread });
    await thread.setArchived(true);
    const joined = await threads.fetchArchived({ type: 'private' }, false);
    await thread.setArchived(false);

    const seenByMember = bot.discord
      .people(ids.member)
      .channels()
      .map(({ id }) => id);
    const seenByOwner = bot.discord
      .people(ids.owner)
      .channels()
      .map(({ id }) => id);
    await thread.leave();

    expect([...joined.threads.keys()]).toEqual([thread.id]);
    expect(seenByMember).not.toContain(thread.id);
    expect(seenByOwner).toContain(thread.id);
    expect(await refusalOf(rest.get(`/channels/${thread.id}`))).toEqual({ code: 50001, status: 403 });
  });

  it('joins a thread by writing in it, and joins or leaves none that is archived', async () => {
    const path = `/channels/${ids.thread}/thread-members/@me` as const;
    const received = new Promise((resolve) =>
      bot.client.once(Events.ThreadMembersUpdate, (added) => resolve(added.size)),
    );
    await rest.post(`/channels/${ids.thread}/messages`, { body: { content: 'hello' } });
    const isIn = ((await rest.get(`/channels/${ids.thread}`)) as { member?: object }).member !== undefined;
    await rest.delete(path);
    bot.discord.world.updateThread(ids.thread, { archived: true });

    expect([isIn, await received]).toEqual([true, 1]);
    expect(await refusalOf(rest.put(path))).toEqual({ code: 50083, status: 400 });
    expect(bot.discord.world.channels.get(ids.thread)?.thread?.members.map(({ userId }) => userId)).toEqual([
      ids.moderator,
    ]);
  });

  it('says nothing of threads that the bot cannot see, and brings them when it can again', async () => {
    denyBot(ids.forum, P.view);
    const heard: string[] = [];
    bot.client.on(Events.ThreadCreate, ({ name }) => heard.push(name));
    const parent = bot.discord.world.channels.get(ids.forum);
    const model = bot.discord.world.channels.get(ids.thread);
    if (parent === undefined || model === undefined) throw new Error('no channels');
    const { world } = bot.discord;
    const unseen = world.addChannel({ ...model, id: world.ids.next(), name: 'unseen', parentId: parent.id });
    const synced = new Promise((resolve) => bot.client.once(Events.ThreadListSync, resolve));

    world.removeOverwrite(ids.forum, ids.botRole);
    await synced;

    expect(heard).toEqual([]);
    expect(bot.client.channels.cache.has(unseen.id)).toBe(true);
  });

  it('is woken by what people write, but not by commands, and is closed to them when it is locked', async () => {
    await bot.client.application.commands.set([{ name: 'try', description: 'Try' }], ids.guild);
    const member = bot.discord.people(ids.member);
    const { world } = bot.discord;
    world.updateThread(ids.thread, { archived: true });
    const command = member.command(ids.thread, { path: 'try' });
    await expect(command).rejects.toMatchObject({ reason: 'not-allowed' });
    const before = isArchived(ids.thread);

    member.send(ids.thread, 'wake up');
    const after = isArchived(ids.thread);
    world.updateThread(ids.thread, { locked: true });

    expect([before, after]).toEqual([true, false]);
    expect(() => member.send(ids.thread, 'again')).toThrow('locked');
    expect(bot.discord.people(ids.owner).send(ids.thread, 'I may')).toBeDefined();
  });

  it('takes no edits in a locked thread, and deletions in an archived one that is not locked', async () => {
    const thread = await channelOf<ThreadChannel>(ids.thread);
    const [first, second] = [await thread.send('1'), await thread.send('2')];
    bot.discord.world.updateThread(thread.id, { locked: true });
    const edited = await refusalOf(first.edit('x'));
    bot.discord.world.updateThread(thread.id, { archived: true });
    const deleted = await refusalOf(first.delete());
    bot.discord.world.updateThread(thread.id, { locked: false });

    await second.delete();

    expect(edited).toEqual({ code: 160005, status: 400 });
    expect(deleted).toEqual({ code: 50083, status: 400 });
    expect(isArchived(thread.id)).toBe(true);
  });

  it('asks for a tag where the forum requires one, and keeps those of moderators to them', async () => {
    const tags = [
      { id: '1204417700112100901', name: 'Official', moderated: true },
      { id: '1204417700112100902', name: 'Work', moderated: false },
    ];
    bot.discord.world.updateChannel(ids.forum, { tags, requiresTag: true });
    await expect.poll(async () => (await forum()).availableTags.length).toBe(2);
    const open = async (...appliedTags: string[]) => {
      const options = { name: 'a post', message: { content: 'hello' }, appliedTags };
      return (await forum()).threads.create(options);
    };

    const refusals = [
      await refusalOf(open()),
      await refusalOf(open('1204417700112100901')),
      await refusalOf(open('1204417700112100999')),
    ];

    expect(refusals.map(({ code }) => code)).toEqual([40067, 50013, 10087]);
    expect((await open('1204417700112100902')).appliedTags).toEqual(['1204417700112100902']);
    expect((await forum()).flags.has('RequireTag')).toBe(true);
  });

  it('opens no thread beyond what a server may have open, and one more when one is archived', async () => {
    const open = [...bot.discord.world.channels.values()].filter(({ thread }) => thread?.archived === false).length;
    bot.discord.world.limits.setMaxActiveThreads(ids.guild, open + 1);
    const first = await openPost('first');

    const { code } = await refusalOf(openPost('second'));
    await first.setArchived(true);

    expect(code).toBe(160006);
    expect((await openPost('third')).name).toBe('third');
  });

  it('takes no files where uploads are switched off, and text all the same', async () => {
    const general = await channelOf<TextChannel>(ids.general);
    const files = [{ attachment: Buffer.from('x'), name: 'a.txt' }];
    bot.discord.world.limits.setUploads(ids.guild, false);

    const { code } = await refusalOf(general.send({ files }));

    expect(code).toBe(400001);
    expect((await general.send('text')).content).toBe('text');
    bot.discord.world.limits.setUploads(ids.guild, true);
    expect((await general.send({ files })).attachments.size).toBe(1);
  });
});
