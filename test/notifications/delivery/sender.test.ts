import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ChannelPoster,
  PostError,
  type PostTarget,
  type Search,
} from '../../../src/notifications/delivery/channel-poster.ts';
import { ChannelStates } from '../../../src/notifications/delivery/channel-state.ts';
import { ChannelTurn } from '../../../src/notifications/delivery/channel-turn.ts';
import { NEW_RECORD, openPostRecords, type Unsettled } from '../../../src/notifications/delivery/post-record.ts';
import { Refusals } from '../../../src/notifications/delivery/refusals.ts';
import { Sender } from '../../../src/notifications/delivery/sender.ts';
import { RuleStore } from '../../../src/notifications/rules/rule-store.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { noPermission } from '../fake-discord.ts';
import { aRuleInput } from '../notification-world.ts';

const KEY = 'g1:ref:completed:c1';
const HOUR_MS = 3_600_000;
const TARGET = { guildId: 'g1', channelId: 'c1' };

describe('a worker that sends', () => {
  let folder: string;
  let store: SqliteStore;
  let clock: FakeClock;
  let sender: Sender;
  let searches: Search[];
  let postCount: number;
  let postedTo: string[];
  let isAway: (channelId: string) => PostError | undefined;
  let lookRefusal: PostError | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sender-'));
    clock = new FakeClock();
    store = SqliteStore.open(join(folder, 'store.sqlite'), clock);
    searches = [];
    postCount = 0;
    postedTo = [];
    isAway = () => undefined;
    lookRefusal = undefined;
    const poster: ChannelPoster = {
      async prepare() {
        const post = async ({ channelId }: PostTarget) => {
          postCount += 1;
          postedTo.push(channelId);
          return { channelId, messageId: 'm1' };
        };
        return { post, edit: async () => undefined, release: () => undefined };
      },
      async honoursNonce({ channelId }) {
        const refusal = isAway(channelId);
        if (refusal !== undefined) throw refusal;
        return true;
      },
      async findPosted(search) {
        searches.push(search);
        if (lookRefusal !== undefined) throw lookRefusal;
        return undefined;
      },
    };
    sender = new Sender({ records: openPostRecords(store), poster, clock, logger: silentLogger });
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const lost = () => AbortSignal.abort(new Error('lease lost'));

  it('stores nothing and sends nothing once its lease is lost', async () => {
    const notice = { kind: 'live-card', job: aJob() } as const;
    const order = { ...TARGET, key: KEY, notice, isSilent: false, signal: lost() };

    await expect(sender.send(order, NEW_RECORD)).rejects.toThrow('lease lost');

    expect([postCount, await sender.read(KEY)]).toEqual([0, NEW_RECORD]);
  });

  it('leaves the channel’s state to whoever holds the lease now', async () => {
    const states = new ChannelStates(store);
    const turn = await ChannelTurn.start(states, TARGET, lost());

    await expect(turn.save({ singles: { '1': [5] }, batches: [] })).rejects.toThrow('lease lost');

    expect(await states.get(TARGET)).toEqual({ singles: {}, batches: [] });
    expect(turn.state).toEqual({ singles: {}, batches: [] });
  });

  it('looks back from a minute before it sent: Discord’s clock may be behind', async () => {
    const since = clock.now();
    const doubt: Unsettled = { state: 'sending', level: 'whole', tries: 1, since, nonce: 'n' };
    await clock.advance(120_000);

    await sender.settleDoubt(KEY, TARGET, doubt);

    expect(searches.map((search) => search.since)).toEqual([since - 60_000]);
  });

  describe('whose channel was changed while its message was in doubt', () => {
    const order = () => ({
      ...TARGET,
      key: KEY,
      notice: { kind: 'live-card', job: aJob() } as const,
      isSilent: false,
      signal: new AbortController().signal,
    });

    beforeEach(async () => {
      const doubt = { state: 'sending', level: 'whole', tries: 1, since: clock.now(), nonce: 'n' } as const;
      await sender.keep(KEY, { ...doubt, channelId: 'before' });
    });

    it('looks where it was sent', async () => {
      await clock.advance(120_000);

      const record = await sender.sendOnce(order());

      expect(searches.map(({ channelId }) => channelId)).toEqual(['before']);
      expect(record).toMatchObject({ state: 'posted', channelId: 'c1' });
    });

    it('tries again where its nonce protects it', async () => {
      const record = await sender.sendOnce(order());

      expect(postedTo).toEqual(['before']);
      expect(record).toMatchObject({ state: 'posted', channelId: 'before' });
    });

    it.each(['gone', 'target'] as const)('sends it to the new one where the old one is no use: %s', async (kind) => {
      isAway = (channelId) => (channelId === 'before' ? new PostError(kind, 'No') : undefined);
      await clock.advance(120_000);

      await sender.sendOnce(order());

      expect(postedTo).toEqual(['c1']);
    });
  });

  it('drops what may be there after hours in which it may not look, and never sends it', async () => {
    lookRefusal = new PostError('refused', 'Unknown refusal', { answerCode: 418, isDoubtful: false });
    const order = { ...TARGET, key: KEY, notice: { kind: 'live-card', job: aJob() } as const, isSilent: false };
    const send = () => sender.sendOnce({ ...order, signal: new AbortController().signal });
    await sender.keep(KEY, { state: 'sending', level: 'whole', tries: 1, since: clock.now(), nonce: 'n' });
    await clock.advance(120_000);

    const pauses: (number | undefined)[] = [];
    const startedAt = clock.now();
    let result: unknown;
    while (result === undefined && clock.now() - startedAt < 24 * HOUR_MS) {
      result = await send().catch((thrown: PostError) => {
        pauses.push(thrown.retryAfterMs);
        return undefined;
      });
      await clock.advance(pauses.at(-1) ?? 0);
    }

    expect(result).toMatchObject({ state: 'dropped', why: expect.stringContaining('Unknown refusal') });
    expect(clock.now() - startedAt).toBeGreaterThan(6 * HOUR_MS);
    expect([pauses[0], Math.max(...pauses.map((pause) => pause ?? 0))]).toEqual([5_000, 600_000]);
    expect(postCount).toBe(0);
  });

  it('goes on only after those were notified whose rules are suspended', async () => {
    const rules = new RuleStore(store);
    await rules.add('g1', aRuleInput(), 0);
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const refusals = new Refusals({ rules, clock, logger: silentLogger, onSuspended: () => mayEnd });
    const turn = await ChannelTurn.start(new ChannelStates(store), TARGET, new AbortController().signal);
    let isNoted = false;

    const noting = refusals.note(turn, noPermission()).then(() => {
      isNoted = true;
    });
    await expect.poll(async () => (await rules.get('g1', 1))?.suspended?.code).toBe(50013);
    await new Promise((resolve) => setImmediate(resolve));
    const wasNotedBefore = isNoted;
    end();
    await noting;

    expect([wasNotedBefore, isNoted]).toEqual([false, true]);
  });
});
