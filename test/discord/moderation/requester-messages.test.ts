import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModeratorNotice } from '../../../src/discord/moderation/moderator-messages.ts';
import { ModeratorPosts } from '../../../src/discord/moderation/moderator-posts.ts';
import { RequesterMessages } from '../../../src/discord/moderation/requester-messages.ts';
import { type ChannelPoster, type Level, PostError } from '../../../src/notifications/delivery/channel-poster.ts';
import { openPostRecords } from '../../../src/notifications/delivery/post-record.ts';
import { Sender } from '../../../src/notifications/delivery/sender.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';

const HOUR_MS = 3_600_000;

describe('what a requester is sent directly', () => {
  let clock: FakeClock;
  let store: SqliteStore;
  let sent: Level[];
  let refusal: PostError | undefined;
  let requesters: RequesterMessages;
  let sender: Sender<ModeratorNotice>;

  beforeEach(() => {
    clock = new FakeClock();
    store = SqliteStore.open(':memory:', clock);
    sent = [];
    refusal = new PostError('payload', 'Invalid Form Body', { answerCode: 50035, isDoubtful: false });
    const poster: ChannelPoster<ModeratorNotice> = {
      prepare: async (_notice, { level }) => ({
        post: async () => {
          if (refusal !== undefined) throw refusal;
          sent.push(level);
          return { channelId: 'dm', messageId: 'm1' };
        },
        edit: async () => undefined,
        release: () => undefined,
      }),
      honoursNonce: async () => true,
      findPosted: async () => undefined,
    };
    sender = new Sender({ records: openPostRecords(store), poster, clock, logger: silentLogger });
    requesters = new RequesterMessages({
      posts: new ModeratorPosts({ sender, poster }),
      direct: { openChannel: async () => 'dm' },
      directory: { guildName: () => 'Midjourney Studio' },
      jobs: { get: async () => undefined },
      accounts: { nameIn: () => undefined },
    });
  });
  afterEach(() => store.close());

  const notify = () =>
    requesters.notify({
      userId: 'u1',
      guildId: 'g1',
      key: 'k',
      toNotice: (serverName) => ({ kind: 'moderated', job: aJob(), serverName }),
    });

  it('comes after all where a fault of its form passes', async () => {
    await expect(notify()).rejects.toMatchObject({ kind: 'payload', retryAfterMs: 5_000 });
    await expect(notify()).rejects.toMatchObject({ kind: 'payload', retryAfterMs: 10_000 });
    refusal = undefined;

    await notify();
    await notify();

    expect(sent).toEqual(['text-only']);
  });

  it('is given up after hours of such refusals', async () => {
    for (let hour = 0; hour < 12; hour += 1) {
      await notify().catch(() => undefined);
      await clock.advance(HOUR_MS);
    }

    expect(await sender.read('k')).toMatchObject({ state: 'dropped', why: 'Invalid Form Body' });
    await notify();
  });
});
