import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Reviews } from '../../../src/moderation/reviews/reviews.ts';
import { SqliteQueue } from '../../../src/queue/sqlite/sqlite-queue.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { createQueueFolder } from '../../queue/sqlite-store.ts';
import { atEveryStatement, FAULTS } from '../faulty-store.ts';
import { aReviewSetting, configure, type Process, ReviewWorld } from './review-world.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function logOf({ log }: Process, guildId = 'g1') {
  const { entries } = await log.page(guildId, { limit: 100 });
  return entries.toReversed().filter(({ action }) => action.startsWith('review'));
}

describe('a review', () => {
  let world: ReviewWorld;
  let bot: Process;

  beforeEach(async () => {
    world = new ReviewWorld();
    bot = await world.start();
  });

  it('holds the job in its server from the moment it is opened, and notifies the reviewers once', async () => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode', requestedBy: 'u1' });
    await bot.reviews.open('g1', 'aaaa', { why: 'word', word: 'x' });
    await world.queue.runDue();
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await world.queue.runDue();

    expect([
      bot.reviews.isHeld('g1', 'aaaa'),
      bot.reviews.isHeld('g2', 'aaaa'),
      bot.reviews.isHeld('g1', 'bbbb'),
    ]).toEqual([true, false, false]);
    expect(world.opened).toMatchObject([{ guildId: 'g1', ref: 'aaaa', why: 'mode', requestedBy: 'u1' }]);
    expect(bot.reviews.listOpen('g1')).toHaveLength(1);
    expect(bot.reviews.listOpen('g2')).toEqual([]);
  });

  it('lets the job go when it is approved, and emits so', async () => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode', requestedBy: 'u1' });

    const vote = await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict: 'approve', reason: 'fine' });
    await world.queue.runDue();

    expect(vote).toMatchObject({
      outcome: 'decided',
      decision: { verdict: 'approve', by: ['mod'], reasons: ['fine'] },
    });
    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(false);
    expect(world.decided).toMatchObject([{ decision: { verdict: 'approve', cause: 'votes' } }]);
    expect(await logOf(bot)).toMatchObject([
      {
        action: 'review-decision',
        actorId: 'mod',
        ref: 'aaaa',
        targetId: 'u1',
        details: { verdict: 'approve', reason: 'fine' },
      },
    ]);
  });

  it.each(['reject', 'ask'] as const)('holds the job for ever on %s, after a restart too', async (verdict) => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict });
    await world.clock.advance(400 * DAY_MS);

    bot = await world.start();

    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(true);
    expect(bot.reviews.listOpen('g1')).toEqual([]);
  });

  it('answers both of two moderators at once', async () => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });

    const votes = await Promise.all([
      bot.reviews.vote('g1', 'aaaa', { by: 'first', verdict: 'reject' }),
      bot.reviews.vote('g1', 'aaaa', { by: 'second', verdict: 'approve' }),
    ]);

    const decision = { verdict: 'reject', by: ['first'] };
    expect(votes).toMatchObject([
      { outcome: 'decided', decision },
      { outcome: 'already-decided', decision },
    ]);
    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(true);
    expect(await logOf(bot)).toHaveLength(1);
  });

  it('counts one vote per moderator, which may change', async () => {
    await configure(bot, { review: aReviewSetting({ quorum: 2 }) });
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    const vote = (by: string, verdict: 'approve' | 'reject') => bot.reviews.vote('g1', 'aaaa', { by, verdict });

    const outcomes = [
      await vote('a', 'approve'),
      await vote('a', 'approve'),
      await vote('a', 'reject'),
      await vote('b', 'approve'),
      await vote('b', 'reject'),
    ];

    expect(outcomes).toMatchObject([
      { outcome: 'counted', missing: 1 },
      { outcome: 'unchanged', missing: 1 },
      { outcome: 'counted', missing: 1, previous: 'approve' },
      { outcome: 'counted', missing: 1 },
      { outcome: 'decided', decision: { verdict: 'reject', by: ['a', 'b'] } },
    ]);
    expect((await logOf(bot)).map(({ actorId, action }) => `${actorId} ${action}`)).toEqual([
      'a review-vote',
      'a review-vote',
      'b review-vote',
      'b review-decision',
    ]);
  });

  it('decides by the quorum of now, also with a vote that was there', async () => {
    await configure(bot, { review: aReviewSetting({ quorum: 3 }) });
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await bot.reviews.vote('g1', 'aaaa', { by: 'a', verdict: 'approve' });
    await configure(bot, { review: aReviewSetting({ quorum: 1 }) });

    expect(await bot.reviews.vote('g1', 'aaaa', { by: 'a', verdict: 'approve' })).toMatchObject({ outcome: 'decided' });
  });

  it('is not found from another server', async () => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });

    expect(await bot.reviews.vote('g2', 'aaaa', { by: 'mod', verdict: 'approve' })).toEqual({ outcome: 'not-found' });
    expect(await bot.reviews.get('g2', 'aaaa')).toBeUndefined();
    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(true);
  });

  it('is decided in each server for itself', async () => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await bot.reviews.open('g2', 'aaaa', { why: 'mode' });

    await bot.reviews.vote('g2', 'aaaa', { by: 'mod', verdict: 'approve' });

    expect([bot.reviews.isHeld('g1', 'aaaa'), bot.reviews.isHeld('g2', 'aaaa')]).toEqual([true, false]);
    expect(await logOf(bot, 'g1')).toEqual([]);
  });

  it('reports a decision until it is heard, and keeps its message over a restart', async () => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await world.queue.runDue();
    await bot.reviews.attachCard('g1', 'aaaa', { channelId: 'c', messageId: 'm' });
    world.onNotified = () => Promise.reject(new Error('Discord is down'));
    await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict: 'approve' });
    await world.queue.runDue();
    bot = await world.start();
    world.onNotified = async () => undefined;
    await world.clock.advance(60_000);
    await world.queue.runDue();

    expect(world.decided).toMatchObject([{ review: { card: { messageId: 'm' } }, decision: { verdict: 'approve' } }]);
  });

  it('is not shown to reviewers any more when it was decided before that worked', async () => {
    world.onNotified = async (what) => {
      if (what === 'opened') throw new Error('no such channel');
    };
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await world.queue.runDue();
    await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict: 'approve' });
    await world.clock.advance(60_000);
    await world.queue.runDue();

    expect(world.opened).toEqual([]);
    expect(world.decided).toHaveLength(1);
  });

  it('calls the other listeners though one fails', async () => {
    let failures = 0;
    bot.reviews.onDecided(() => {
      failures += 1;
      return failures < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve();
    });
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict: 'approve' });
    await world.queue.runDue();
    const heard = world.decided.length;
    for (let tries = 0; tries < 3; tries += 1) {
      await world.clock.advance(60_000);
      await world.queue.runDue();
    }

    expect([heard, failures]).toEqual([1, 3]);
  });

  it('is forgotten long after it was approved', async () => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict: 'approve' });
    await world.queue.runDue();
    await world.clock.advance(63 * DAY_MS);
    bot = await world.start();

    expect(await bot.reviews.get('g1', 'aaaa')).toBeUndefined();
  });

  it('holds the job though it cannot be read, and is decided anew', async () => {
    const raw = world.store.restart().collection('reviews', z.object({ broken: z.boolean() }));
    await raw.set('g1:aaaa', { broken: true });
    bot = await world.start();
    bot = await world.start();

    expect([bot.reviews.isHeld('g1', 'aaaa'), bot.reviews.isHeld('g2', 'aaaa')]).toEqual([true, false]);
    const voted = await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict: 'approve' });
    expect(voted.outcome).toBe('decided');
    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(false);
  });

  it('holds the job also while it is not certain that this was stored', async () => {
    world.store.failAt(2, 'lose');

    await expect(bot.reviews.open('g1', 'aaaa', { why: 'mode' })).rejects.toThrow('failed');

    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(true);
  });

  it('is decided by the first of two verdicts though storing that one looked as if it had failed', async () => {
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    // After the four reads of the log: the commit.
    world.store.failAt(5, 'lose');
    const first = bot.reviews.vote('g1', 'aaaa', { by: 'a', verdict: 'reject' });
    await expect(first).rejects.toThrow('failed');

    const second = await bot.reviews.vote('g1', 'aaaa', { by: 'b', verdict: 'approve' });
    await bot.reviews.settle();
    await world.queue.runDue();

    expect(second).toMatchObject({ outcome: 'already-decided', decision: { verdict: 'reject', by: ['a'] } });
    expect(world.decided).toMatchObject([{ decision: { verdict: 'reject' } }]);
  });

  it('makes a member unknown, taking back the votes that can still be changed', async () => {
    await configure(bot, { review: aReviewSetting({ quorum: 2 }) });
    for (const ref of ['aaaa', 'bbbb']) await bot.reviews.open('g1', ref, { why: 'mode', requestedBy: 'u1' });
    await bot.reviews.open('g2', 'aaaa', { why: 'mode', requestedBy: 'u1' });
    await bot.reviews.vote('g1', 'aaaa', { by: 'u1', verdict: 'reject' });
    await bot.reviews.vote('g1', 'aaaa', { by: 'u2', verdict: 'reject' });
    await bot.reviews.vote('g1', 'bbbb', { by: 'u1', verdict: 'reject' });

    await bot.reviews.replaceMember('g1', 'u1', 'deleted-x');

    expect(await bot.reviews.get('g1', 'aaaa')).toMatchObject({
      requestedBy: 'deleted-x',
      votes: [{ by: 'deleted-x' }, { by: 'u2' }],
      decision: { by: ['deleted-x', 'u2'] },
    });
    expect(await bot.reviews.get('g1', 'bbbb')).toMatchObject({ votes: [] });
    expect(await Array.fromAsync(bot.reviews.exportMemberLines('g1', 'u1'))).toEqual([]);
    expect(await Array.fromAsync(bot.reviews.exportMemberLines('g2', 'u1'))).toHaveLength(1);
  });

  it('throws when it is asked about before it was loaded', () => {
    const { log, settings } = bot;
    const queue = world.queue.restart();
    const fresh = new Reviews({
      store: world.store.restart(),
      queue,
      settings,
      log,
      clock: world.clock,
      logger: silentLogger,
    });

    expect(() => fresh.isHeld('g1', 'aaaa')).toThrow('not loaded');
  });
});

describe('a review whose time runs out', () => {
  it.each([
    ['publish', { verdict: 'approve', cause: 'timeout', by: [] }, false],
    ['drop', { verdict: 'reject', cause: 'timeout', by: [] }, true],
  ] as const)('is decided by %s, once, over a restart', async (onTimeout, decision, isHeld) => {
    const world = new ReviewWorld();
    let bot = await world.start();
    await configure(bot, { review: aReviewSetting({ timeoutHours: 2, onTimeout }) });
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await world.clock.advance(2 * HOUR_MS - 1);
    await world.queue.runDue();
    const before = world.decided.length;
    bot = await world.start();
    await world.clock.advance(1);
    await world.queue.runDue();

    expect(before).toBe(0);
    expect(world.decided).toMatchObject([{ decision }]);
    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(isHeld);
    expect(await logOf(bot)).toMatchObject([{ action: 'review-decision', details: { cause: 'timeout' } }]);
    expect((await logOf(bot))[0]).not.toHaveProperty('actorId');
    expect(await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict: 'ask' })).toMatchObject({
      outcome: 'already-decided',
    });
  });

  it('reminds again and again until it is decided', async () => {
    const world = new ReviewWorld();
    let bot = await world.start();
    await configure(bot, { review: aReviewSetting({ timeoutHours: 2, onTimeout: 'remind' }) });
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    for (let hours = 0; hours < 5; hours += 1) {
      await world.clock.advance(HOUR_MS);
      await world.queue.runDue();
      bot = await world.start();
    }
    await bot.reviews.vote('g1', 'aaaa', { by: 'mod', verdict: 'ask' });
    await world.clock.advance(10 * HOUR_MS);
    await world.queue.runDue();

    expect(world.reminded).toEqual([1, 2]);
    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(true);
  });

  it('is reported and timed out through the real queue', async () => {
    const folder = createQueueFolder();
    const world = new ReviewWorld();
    const queue = await SqliteQueue.open({ path: folder.path, clock: world.clock });
    const bot = await world.start(queue);
    await configure(bot, { review: aReviewSetting({ timeoutHours: 1, onTimeout: 'publish' }) });
    await bot.reviews.open('g1', 'aaaa', { why: 'mode' });
    await queue.whenIdle();
    const opened = world.opened.length;
    await world.clock.advance(HOUR_MS);
    await queue.whenIdle();
    await queue.stop();
    folder.remove();

    expect([opened, world.decided.length]).toEqual([1, 1]);
    expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(false);
  });
});

describe.each(FAULTS)('a review, when a statement should %s', (fault) => {
  it('is held throughout, decided once, reported to all, and logged once for each thing done', async () => {
    const faults = await atEveryStatement(fault, async (store, arm) => {
      const world = new ReviewWorld(store);
      let bot = await world.start();
      await configure(bot, { review: aReviewSetting({ quorum: 2, timeoutHours: 5 }) });
      const retry = async (work: () => Promise<unknown>) => {
        try {
          await work();
        } catch {
          store.heal();
          if (fault === 'die') bot = await world.start();
          await work();
        }
      };
      arm();
      await retry(() => bot.reviews.open('g1', 'aaaa', { why: 'mode' }));
      const heldAfterOpen = bot.reviews.isHeld('g1', 'aaaa');
      await retry(() => bot.reviews.vote('g1', 'aaaa', { by: 'a', verdict: 'approve' }));
      const heldAfterVote = bot.reviews.isHeld('g1', 'aaaa');
      await retry(() => bot.reviews.vote('g1', 'aaaa', { by: 'b', verdict: 'approve' }));
      if (fault === 'die' && store.heal()) bot = await world.start();
      store.heal();
      await bot.reviews.settle();
      for (let tries = 0; tries < 2; tries += 1) {
        await world.queue.runDue();
        await world.clock.advance(1_000);
      }

      expect([heldAfterOpen, heldAfterVote]).toEqual([true, true]);
      expect(bot.reviews.isHeld('g1', 'aaaa')).toBe(false);
      expect((await logOf(bot)).map(({ actorId }) => actorId)).toEqual(['a', 'b']);
      expect(world.decided).toMatchObject([{ decision: { verdict: 'approve', by: ['a', 'b'] } }]);
    });

    expect(faults).toBeGreaterThanOrEqual(10);
  });
});
