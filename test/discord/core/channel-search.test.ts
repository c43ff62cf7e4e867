import { SnowflakeUtil } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { findInChannel, findInForum } from '../../../src/discord/core/channel-search.ts';
import { PostError } from '../../../src/notifications/delivery/channel-poster.ts';

const BOT = '900000000000000001';
const SINCE = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;
const SEARCH = { guildId: 'g', channelId: 'c', deliveryId: 'wanted', since: SINCE };

interface FakeMessage {
  readonly id: string;
  readonly author: { readonly id: string };
  readonly components: readonly unknown[];
}

/** The n-th id; one every `everyMs` since the search begins. */
function toId(n: number, everyMs: number): string {
  return SnowflakeUtil.generate({ timestamp: SINCE + n * everyMs, increment: BigInt(n % 4096) }).toString();
}

function aMessage(id: string, deliveryId = 'other', author = BOT): FakeMessage {
  return { id, author: { id: author }, components: [{ custom_id: `job-refresh:ref:${deliveryId}` }] };
}

/** Discord's pages of a channel: what is newer than an id, newest first; counts how often it was asked. */
function aChannel(messages: readonly FakeMessage[]) {
  let asked = 0;
  const get = async (_route: string, { query }: { query?: URLSearchParams } = {}): Promise<unknown> => {
    asked += 1;
    const after = BigInt(query?.get('after') ?? 0);
    return messages
      .filter(({ id }) => BigInt(id) > after)
      .slice(0, 100)
      .reverse();
  };
  return { rest: { get: get as never }, user: { id: BOT }, asked: () => asked };
}

function aForum(threadCount: number, everyMs: number, wanted?: number) {
  const threads = Array.from({ length: threadCount }, (_, n) => ({
    id: toId(n + 1, everyMs),
    owner_id: BOT,
    parent_id: 'c',
  }));
  const get = async (route: string): Promise<unknown> => {
    if (route.includes('/threads/active')) return { threads };
    if (route.includes('/archived/')) return { threads: [], has_more: false };
    const id = route.split('/')[2] ?? '';
    return [aMessage(id, id === threads[wanted ?? -1]?.id ? 'wanted' : 'other')];
  };
  return { rest: { get: get as never }, user: { id: BOT } };
}

describe('looking back through a channel', () => {
  const many = (count: number, everyMs: number) =>
    Array.from({ length: count }, (_, n) => aMessage(toId(n + 1, everyMs)));

  it('finds the bot’s own message, also behind many others', async () => {
    const messages = [...many(950, 10), aMessage(toId(951, 10), 'wanted')];

    expect(await findInChannel(aChannel(messages), SEARCH)).toEqual({ channelId: 'c', messageId: toId(951, 10) });
  });

  it('takes nobody else’s message for its own, whatever it carries', async () => {
    const foreign = aMessage(toId(1, 10), 'wanted', '900000000000000002');

    expect(await findInChannel(aChannel([foreign]), SEARCH)).toBeUndefined();
  });

  it.each([{}, null, '', [{}], { threads: {} }])('never takes %j for an empty list', async (answer) => {
    const client = { rest: { get: (async () => answer) as never }, user: { id: BOT } };

    await expect(findInChannel(client, SEARCH)).rejects.toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('answer was unclear'),
    });
    await expect(findInForum(client, SEARCH)).rejects.toMatchObject({
      kind: 'retry',
      message: expect.stringContaining('answer was unclear'),
    });
  });

  it('says that it is not known, not that it is not there, where not all could be seen', async () => {
    const looking = findInChannel(aChannel(many(10_000, 10)), SEARCH);

    await expect(looking).rejects.toThrow(PostError);
    await expect(looking).rejects.toMatchObject({ kind: 'retry', retryAfterMs: 600_000 });
  });

  it('looks no further than an hour: a message that was made was made before', async () => {
    const channel = aChannel(many(10_000, HOUR_MS / 250));

    expect(await findInChannel(channel, SEARCH)).toBeUndefined();
    expect(channel.asked()).toBeLessThan(6);
  });
});

describe('looking back through a forum', () => {
  it('finds the thread that the bot opened', async () => {
    expect(await findInForum(aForum(150, 10, 120), SEARCH)).toMatchObject({ channelId: toId(121, 10) });
  });

  it('says that it is not known where there are too many threads', async () => {
    await expect(findInForum(aForum(201, 10, 200), SEARCH)).rejects.toMatchObject({ kind: 'retry' });
  });

  it('has seen enough where the threads that are left are too new', async () => {
    expect(await findInForum(aForum(201, HOUR_MS / 100), SEARCH)).toBeUndefined();
  });
});
