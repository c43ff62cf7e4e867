import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type APIMessage, ChannelType, MessageFlags, PermissionFlagsBits } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkOwnRules } from '../../../sandbox/discord/rules/own-rules.ts';
import { checkByRules, type PayloadCheck, toPayloadKind } from '../../../sandbox/discord/rules/payload-check.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import type { MediaLender } from '../../../src/discord/cards/lend-media.ts';
import { DiscordChannelPoster } from '../../../src/discord/core/discord-channel-poster.ts';
import { UploadBudget } from '../../../src/discord/core/upload-budget.ts';
import { NoticeMessages } from '../../../src/discord/notify/notice-messages.ts';
import {
  LEVELS,
  type Notice,
  PostError,
  type PostedMessage,
  type PostOptions,
} from '../../../src/notifications/delivery/channel-poster.ts';
import { toDeliveryId, toNonce } from '../../../src/notifications/planning/plan.ts';
import { aJob } from '../../builders.ts';
import { type RealBot, startRealBot } from '../../sandbox/discord/real-client.ts';

const KEY = 'g:ref:completed:c';
const NOW_MS = 120_000;
const nobody = { mentionRoleIds: [], mentionUserIds: [] };
const job = aJob({ status: 'completed', attachments: [{ url: 'https://cdn.discordapp.com/a.png' }] });
const aNotice: Notice = { kind: 'job', job, event: 'completed', media: 'full', ...nobody };

describe('DiscordChannelPoster', () => {
  let bot: RealBot;
  let poster: DiscordChannelPoster;
  let folder: string;
  let isFileThere: boolean;
  let released: number;
  let uploads: UploadBudget;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'poster-'));
    isFileThere = true;
    released = 0;
    const media: MediaLender = {
      lease: async ({ ref }) => ({
        results: [aFile(ref)],
        release: () => {
          released += 1;
        },
      }),
    };
    bot = await startRealBot({ checkRequest: checkStrictly });
    uploads = new UploadBudget(5);
    poster = new DiscordChannelPoster(bot.client, new NoticeMessages(media), uploads);
  });

  afterEach(async () => {
    await bot[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  function aFile(ref: string) {
    const path = join(folder, isFileThere ? 'a.png' : 'missing.png');
    if (isFileThere && !existsSync(path)) writeFileSync(path, 'png');
    const name = `${ref}-grid.png`;
    return { kind: 'file', label: 'grid', name, path, contentType: 'image/png', size: 3, isReduced: false } as const;
  }

  async function post(
    channelId: string,
    notice: Notice = aNotice,
    over: Partial<PostOptions> & { level?: (typeof LEVELS)[number]; key?: string } = {},
  ): Promise<PostedMessage> {
    const { level = 'whole', key = KEY, ...options } = over;
    const prepared = await poster.prepare(notice, { deliveryId: toDeliveryId(key), level });
    try {
      return await prepared.post(
        { guildId: ids.guild, channelId },
        { nonce: toNonce(key), isSilent: false, ...options },
      );
    } finally {
      prepared.release();
    }
  }

  const find = (channelId: string, key = KEY) =>
    poster.findPosted({ guildId: ids.guild, channelId, deliveryId: toDeliveryId(key), since: Date.now() - NOW_MS });

  const shown = (channelId: string): readonly APIMessage[] => bot.discord.people(ids.member).messages(channelId);

  const denyBot = (channelId: string, deny: bigint) =>
    bot.discord.world.setOverwrite(channelId, {
      id: ids.botRole,
      kind: 'role',
      allow: 0n,
      deny,
    });

  async function errorOf(promise: Promise<unknown>): Promise<PostError> {
    const thrown: unknown = await promise.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (thrown instanceof PostError) return thrown;
    throw new Error(`No PostError but ${String(thrown)}`);
  }

  it('posts a card with its files and gives the same message back for the same nonce', async () => {
    const first = await post(ids.general);

    const second = await post(ids.general);

    expect(second).toEqual(first);
    expect(shown(ids.general)).toHaveLength(1);
    expect(JSON.stringify(shown(ids.general)[0]?.components)).toContain(`${job.ref}-grid.png`);
    expect(released).toBe(2);
  });

  it('mentions the configured role and nobody whom a prompt names', async () => {
    const loud = aJob({ status: 'completed', prompt: `<@&${ids.adminRole}> @everyone <@${ids.owner}>` });

    await post(ids.general, { ...aNotice, job: loud, mentionRoleIds: [ids.artistRole] });

    const [message] = shown(ids.general);
    expect(message?.mention_roles).toEqual([ids.artistRole]);
    expect([message?.mention_everyone, message?.mentions]).toEqual([false, []]);
  });

  it('is silent when asked to be, answers a message, and posts on when that message is gone', async () => {
    const { messageId } = await post(ids.general);

    await post(
      ids.general,
      { kind: 'ending', job, event: 'completed', ...nobody },
      { key: 'b', replyTo: messageId, isSilent: true },
    );
    await post(ids.general, aNotice, { key: 'c', replyTo: '1204417700112100999' });

    const [, reply] = shown(ids.general);
    expect(reply?.message_reference?.message_id).toBe(messageId);
    expect((reply?.flags ?? 0) & MessageFlags.SuppressNotifications).not.toBe(0);
    expect(shown(ids.general)).toHaveLength(3);
  });

  it('posts without answering where it may not read the messages before', async () => {
    const { messageId } = await post(ids.general);
    denyBot(ids.general, PermissionFlagsBits.ReadMessageHistory);

    await post(ids.general, aNotice, { key: 'b', replyTo: messageId });

    expect(shown(ids.general)).toHaveLength(2);
  });

  it('finds its own post among others, and none that it never made', async () => {
    const place = await post(ids.general);
    for (let n = 0; n < 150; n += 1) bot.discord.people(ids.member).send(ids.general, `talk ${n}`);
    const later = await post(ids.general, aNotice, { key: 'later' });

    expect(await find(ids.general)).toEqual(place);
    expect(await find(ids.general, 'later')).toEqual(later);
    expect(await find(ids.general, 'never')).toBeUndefined();
  });

  it('does not say "not posted" where it may not read back', async () => {
    await post(ids.general);
    denyBot(ids.general, PermissionFlagsBits.ReadMessageHistory);
    await expect
      .poll(() =>
        errorOf(find(ids.general)).then(
          ({ kind }) => kind,
          () => 'found',
        ),
      )
      .toBe('target');
  });

  it('opens one thread in a forum although the connection breaks after it was made, and finds it', async () => {
    bot.discord.faults.add({ fault: { kind: 'cut-after' }, route: 'POST /channels/{channel_id}/threads', times: 1 });

    const error = await errorOf(post(ids.forum));
    const found = await find(ids.forum);

    const threads = [...bot.discord.world.channels.values()].filter(({ parentId }) => parentId === ids.forum);
    expect(error).toMatchObject({ kind: 'retry', isDoubtful: true });
    expect(threads.map(({ id }) => id)).toEqual([found?.channelId]);
    expect(threads[0]?.name).toContain('a lighthouse in the fog');
    expect(await poster.honoursNonce({ guildId: ids.guild, channelId: ids.forum })).toBe(false);
  });

  it('finds a forum post that was archived since, also behind more than a page of others', async () => {
    const place = await post(ids.forum);
    bot.discord.world.updateThread(place.channelId, { archived: true });
    const alone = await find(ids.forum);
    const { world } = bot.discord;
    const own = world.channels.get(place.channelId);
    if (own?.thread === undefined) throw new Error('no thread');
    for (let n = 0; n < 120; n += 1) {
      const thread = { ...own.thread, archivedAt: own.thread.archivedAt + 1 + n };
      world.addChannel({ ...own, id: world.ids.next(), thread });
    }

    expect(alone).toEqual(place);
    expect(await find(ids.forum)).toEqual(place);
    expect(await find(ids.forum, 'never')).toBeUndefined();
  });

  it('tries a forum post once, however often the server fails', async () => {
    bot.discord.faults.add({ fault: { kind: 'status', status: 500 }, route: 'POST /channels/{channel_id}/threads' });
    const before = bot.discord.requests.list().length;

    await errorOf(post(ids.forum));

    const tries = bot.discord.requests
      .list()
      .slice(before)
      .filter(({ route }) => route?.endsWith('/threads'));
    expect(tries).toHaveLength(1);
    expect(await find(ids.forum)).toBeUndefined();
  });

  it('edits its message, keeping its files, and wakes an archived thread for it', async () => {
    const place = await post(ids.thread);
    bot.discord.world.updateThread(ids.thread, { archived: true });
    const prepared = await poster.prepare(
      { kind: 'live-card', job },
      { deliveryId: toDeliveryId(KEY), level: 'whole' },
    );

    await prepared.edit(place);

    const [message] = shown(ids.thread);
    expect(message?.edited_timestamp).not.toBeNull();
    expect(JSON.stringify(message?.components)).toContain(`${job.ref}-grid.png`);
  });

  it('uploads in turns, holds up no text for it, and gives its turn back before others hear of the card', async () => {
    const { path } = aFile('other');
    const leave = await uploads.enter([{ name: 'a.png', path, contentType: 'image/png' }]);
    const whole = post(ids.general);
    await post(ids.general, aNotice, { key: 'text', level: 'text-only' });
    const before = shown(ids.general).length;

    leave();
    await whole;

    expect([before, shown(ids.general).length]).toEqual([1, 2]);
    let wasFree = false;
    poster.onCardPosted(async () =>
      uploads.run([{ name: 'a.png', path, contentType: 'image/png' }], async () => {
        wasFree = true;
      }),
    );
    await post(ids.general, { kind: 'live-card', job }, { key: 'card' });
    expect(wasFree).toBe(true);
  });

  it('says what is to be done about each refusal', async () => {
    const place = await post(ids.general);
    denyBot(ids.showcase, PermissionFlagsBits.SendMessages);
    const refused = await errorOf(post(ids.showcase));
    const unknown = await errorOf(post('1204417700112100999'));
    const prepared = await poster.prepare(aNotice, { deliveryId: 'd', level: 'whole' });

    const kinds = [refused, unknown, await errorOf(prepared.edit({ ...place, messageId: '1204417700112100999' }))].map(
      ({ kind, answerCode }) => `${kind} ${answerCode}`,
    );

    expect(kinds).toEqual(['target 50013', 'gone 10003', 'message-gone 10008']);
  });

  it('says that a post may be there after a 500, and surely is not after a 400', async () => {
    const route = 'POST /channels/{channel_id}/messages';
    const body = { code: 50035, message: 'Invalid Form Body' };
    bot.discord.faults.add({ fault: { kind: 'status', status: 500 }, route, times: 1 });
    const down = await errorOf(post(ids.general));
    bot.discord.faults.add({ fault: { kind: 'status', status: 400, body }, route, times: 1 });

    const refused = await errorOf(post(ids.general));

    expect([down.kind, down.isDoubtful]).toEqual(['retry', true]);
    expect([refused.kind, refused.isDoubtful, refused.answerCode]).toEqual(['payload', false, 50035]);
  });

  it.each([
    ['an HTML page', { page: '<html>error code: 1015</html>' }],
    ['a code that is no number', { body: { code: 'forbidden', message: 'no' } }],
    ['no code', { body: {} }],
  ])('takes a 403 and a 404 with %s for nothing that is said of the channel', async (_name, answer) => {
    const route = 'POST /channels/{channel_id}/messages';
    bot.discord.faults.add({ fault: { kind: 'status', status: 403, ...answer }, route, times: 1 });
    const forbidden = await errorOf(post(ids.general));
    bot.discord.faults.add({ fault: { kind: 'status', status: 404, ...answer }, route, times: 1 });

    const missing = await errorOf(post(ids.general));

    expect([forbidden, missing].map(({ kind, answerCode }) => [kind, answerCode])).toEqual([
      ['refused', 403],
      ['refused', 404],
    ]);
    expect(forbidden.isDoubtful).toBe(false);
  });

  it.each(['general', 'forum'] as const)('doubts a success that names no message, and finds it: %s', async (where) => {
    const fault = { kind: 'status', status: 200, body: {}, takesEffect: true } as const;
    bot.discord.faults.add({ fault, route: /^POST .*(messages|threads)$/, times: 1 });

    const error = await errorOf(post(ids[where]));

    expect(error).toMatchObject({ kind: 'retry', isDoubtful: true });
    expect(await find(ids[where])).toMatchObject({ messageId: expect.stringMatching(/^\d+$/) });
  });

  it('uses the first tag of a forum that it may use where one is required, and says so where there is none', async () => {
    const moderated = { id: '1204417700112100901', name: 'Official', moderated: true };
    const open = { id: '1204417700112100902', name: 'Work', moderated: false };
    const setTags = async (...tags: (typeof open)[]) => {
      bot.discord.world.updateChannel(ids.forum, { tags, requiresTag: true });
      await expect.poll(() => forumTags(bot)).toEqual(tags.map(({ id }) => id));
    };
    await setTags(moderated, open);
    const { channelId } = await post(ids.forum);
    await setTags(moderated);
    const refused = await errorOf(post(ids.forum, aNotice, { key: 'b' }));
    bot.discord.world.updateRole(ids.guild, ids.botRole, { permissions: String(2n ** 40n - 1n) });
    await expect
      .poll(() => bot.client.guilds.cache.get(ids.guild)?.members.me?.permissions.has('ManageThreads'))
      .toBe(true);

    const second = await post(ids.forum, aNotice, { key: 'c' });

    const tagsOf = (id: string) => bot.discord.world.channels.get(id)?.thread?.appliedTags;
    expect([tagsOf(channelId), tagsOf(second.channelId)]).toEqual([[open.id], [moderated.id]]);
    expect(refused).toMatchObject({ kind: 'target', answerCode: 40067 });
    expect(refused.message).toMatch(/requires a tag/);
  });

  it('lets Discord archive a forum post after an hour, and distinguishes a server full of threads from a fault', async () => {
    const { channelId } = await post(ids.forum);
    bot.discord.world.limits.setMaxActiveThreads(ids.guild, 1);

    const refused = await errorOf(post(ids.forum, aNotice, { key: 'b' }));

    expect(bot.discord.world.channels.get(channelId)?.thread?.autoArchiveDuration).toBe(60);
    expect(refused).toMatchObject({ kind: 'refused', answerCode: 160006 });
  });

  it('keeps the text where uploads are switched off for a server', async () => {
    bot.discord.world.limits.setUploads(ids.guild, false);
    const refused = await errorOf(post(ids.general));

    await post(ids.general, aNotice, { level: 'without-media' });

    expect(refused).toMatchObject({ kind: 'payload', answerCode: 400001 });
    expect(shown(ids.general)).toHaveLength(1);
  });

  it('blames the payload for a file that is no longer there', async () => {
    isFileThere = false;

    expect(await errorOf(post(ids.general))).toMatchObject({ kind: 'payload', isDoubtful: false });
  });

  it('can say every notice at every level, and finds each again', async () => {
    const lines = Array.from({ length: 60 }, (_, n) => ({
      job: aJob({ ref: `ref${n}`, prompt: '@everyone `x` '.repeat(40) }),
      event: 'completed' as const,
    }));
    const notices: Notice[] = [
      aNotice,
      { ...aNotice, media: 'spoiler', isSample: true, event: 'lost-contact', mentionRoleIds: [ids.artistRole] },
      { kind: 'batch', batch: 'summary', lines, ...nobody },
      { kind: 'batch', batch: 'digest', lines: lines.slice(0, 1), ...nobody },
      { kind: 'live-card', job: aJob() },
      { kind: 'ending', job, event: 'expired', mentionRoleIds: [ids.artistRole], mentionUserIds: [ids.member] },
    ];

    for (const [at, notice] of notices.entries()) {
      for (const level of LEVELS) {
        const place = await post(ids.general, notice, { key: `${at} ${level}`, level });
        expect(await find(ids.general, `${at} ${level}`)).toEqual(place);
      }
    }
  });
});

function forumTags({ client }: RealBot): string[] {
  const forum = client.channels.cache.get(ids.forum);
  return forum?.type === ChannelType.GuildForum ? forum.availableTags.map(({ id }) => id) : [];
}

/** Discord's rules, and ours for our own bot; the end of a live card mentions who asked for it, and only them. */
const checkStrictly: PayloadCheck = (route, body, files, existing) => {
  const kind = toPayloadKind(route);
  const mentionsAsker = JSON.stringify(body).includes(`"users":["${ids.member}"]`);
  const found = kind === undefined ? [] : checkOwnRules(kind, body, files);
  const problem = found.find(({ path }) => !(mentionsAsker && path === 'allowed_mentions'));
  if (problem !== undefined) return { code: 50035, message: `${problem.path} ${problem.code}: ${problem.message}` };
  return checkByRules(route, body, files, existing);
};
