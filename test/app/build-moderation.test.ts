import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildModeration, type Moderation } from '../../src/app/build-moderation.ts';
import { withGrant } from '../../src/moderation/policy.ts';
import { SqliteQueue } from '../../src/queue/sqlite/sqlite-queue.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { ServedGuilds } from '../../src/shared/served-guilds.ts';
import { aJob } from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeQueue } from '../moderation/fake-queue.ts';
import { atEveryStatement, FAULTS, FaultyStore } from '../moderation/faulty-store.ts';
import { aReviewSetting, configure } from '../moderation/reviews/review-world.ts';
import { createQueueFolder } from '../queue/sqlite-store.ts';

const DAY_MS = 86_400_000;
const ANNA = '100000000000000001';
const BEN = '100000000000000002';

class ModerationWorld {
  readonly clock = new FakeClock();
  readonly store: FaultyStore;
  readonly queue: FakeQueue;

  constructor(store = new FaultyStore()) {
    this.store = store;
    this.queue = new FakeQueue(this.clock, store);
  }

  async start(): Promise<Moderation> {
    const { clock } = this;
    const parts = { store: this.store.restart(), queue: this.queue.restart(), clock, logger: silentLogger };
    const moderation = buildModeration({ ...parts, served: new ServedGuilds(['g1', 'g2']) });
    await moderation.load();
    return moderation;
  }
}

/** Leaves traces of Anna everywhere: in log, usage and reviews of the server. */
async function leaveTraces(bot: Moderation, guildId: string): Promise<void> {
  await configure(bot, { review: aReviewSetting({ quorum: 2 }) }, guildId);
  await bot.log.append({ id: 'a', at: 1, guildId, actorId: ANNA, action: 'press', details: { text: `<@${ANNA}>` } });
  await bot.quotas.spend({ guildId, userId: ANNA, roleIds: [] }, 'a');
  await bot.reviews.open(guildId, 'aaaa', { why: 'mode', requestedBy: ANNA });
  await bot.reviews.vote(guildId, 'aaaa', { by: ANNA, verdict: 'approve', reason: 'mine' });
  await bot.reviews.vote(guildId, 'aaaa', { by: BEN, verdict: 'approve' });
}

async function everythingOf(bot: Moderation, guildId: string): Promise<string> {
  const lines = await Array.fromAsync(bot.log.exportLines(guildId));
  const usage = await bot.quotas.usage(guildId, '2025-10');
  return [...lines, JSON.stringify(usage), JSON.stringify(await bot.reviews.get(guildId, 'aaaa'))].join('\n');
}

describe('moderation', () => {
  let world: ModerationWorld;
  let bot: Moderation;

  beforeEach(async () => {
    world = new ModerationWorld();
    bot = await world.start();
  });

  it('knows after a restart what was decided before it', async () => {
    await configure(bot, {
      grants: withGrant({ allow: [], deny: [] }, 'allow', { action: 'press', roleId: 'g1' }),
      review: aReviewSetting(),
    });
    await bot.gate.admit(aJob({ status: 'completed', finalAt: world.clock.now() }));
    await bot.quotas.spend({ guildId: 'g1', userId: ANNA, roleIds: [] }, 'a');

    bot = await world.start();

    const anna = { guildId: 'g1', userId: ANNA, roleIds: [], permissions: 0n };
    expect(bot.permissions.isAllowed('press', anna)).toBe(true);
    expect(bot.gate.isHeldFor('g1', aJob().ref, false)).toBe(true);
    expect(bot.quotas.peek(anna).used).toBe(1);
  });

  it('hands out what is kept about a member in this server', async () => {
    await leaveTraces(bot, 'g1');
    await leaveTraces(bot, 'g2');

    const lines = await Array.fromAsync(bot.privacy.export('g1', ANNA));

    const parsed = lines.map((line) => JSON.parse(line));
    expect(parsed.map(({ kind, action }) => kind ?? action)).toEqual([
      'press',
      'review-vote',
      'review-decision',
      'spend',
      'review',
    ]);
    expect(parsed.every(({ guildId }) => guildId === 'g1')).toBe(true);
  });

  it('makes a member unknown in this server alone, and logs that without naming them', async () => {
    await leaveTraces(bot, 'g1');
    await leaveTraces(bot, 'g2');

    const pseudonym = await bot.privacy.delete('g1', ANNA, ANNA);

    const { entries } = await bot.log.page('g1', { limit: 1 });
    expect(entries).toMatchObject([{ number: 5, action: 'privacy', actorId: pseudonym, targetId: pseudonym }]);
    expect(await everythingOf(bot, 'g1')).not.toContain(ANNA);
    expect(await everythingOf(bot, 'g1')).toContain(BEN);
    expect(await everythingOf(bot, 'g2')).toContain(ANNA);
    expect(await Array.fromAsync(bot.privacy.export('g1', ANNA))).toEqual([]);
  });

  it.each(FAULTS)('makes a member unknown also when a statement should %s', async (fault) => {
    const faults = await atEveryStatement(fault, async (store, arm) => {
      const faulty = new ModerationWorld(store);
      let own = await faulty.start();
      await leaveTraces(own, 'g1');
      arm();
      const done = await own.privacy.delete('g1', ANNA, BEN).catch(() => 'failed');
      store.heal();
      const hasIntent = await hasPendingDeletion(faulty);
      if (fault === 'die') own = await faulty.start();
      await own.upkeep.keepUp();

      const { entries } = await own.log.page('g1', { action: 'privacy', limit: 10 });
      const isGone = !(await everythingOf(own, 'g1')).includes(ANNA);
      if (done !== 'failed' || hasIntent) expect(isGone).toBe(true);
      expect(entries).toHaveLength(isGone ? 1 : 0);
    });

    expect(faults).toBeGreaterThan(10);
  });

  it('forgets log entries that are older than the server keeps them', async () => {
    const { log } = bot;
    await log.append({ id: 'old', at: world.clock.now() - 3 * DAY_MS, guildId: 'g1', action: 'press', details: {} });
    await log.append({ id: 'old', at: world.clock.now() - 3 * DAY_MS, guildId: 'g2', action: 'press', details: {} });
    await configure(bot, { logRetentionDays: 2 });

    await bot.upkeep.keepUp();

    const numbers = async (guildId: string) =>
      (await log.page(guildId, { limit: 9 })).entries.map(({ number }) => number);
    expect([await numbers('g1'), await numbers('g2')]).toEqual([[2], [1]]);
  });

  it('keeps up by itself with the real queue', async () => {
    const folder = createQueueFolder();
    const queue = await SqliteQueue.open({ path: folder.path, clock: world.clock });
    const parts = { store: world.store.restart(), queue, clock: world.clock, logger: silentLogger };
    const own = buildModeration({ ...parts, served: new ServedGuilds(['g1']) });
    await own.load();
    await own.start();
    await queue.whenIdle();
    await own.log.append({
      id: 'old',
      at: world.clock.now() - 3 * DAY_MS,
      guildId: 'g1',
      action: 'press',
      details: {},
    });
    await configure(own, { logRetentionDays: 2 });
    await world.clock.advance(3_700_000);
    await queue.whenIdle();
    await queue.stop();
    folder.remove();

    expect((await own.log.page('g1', { limit: 9 })).entries.map(({ number }) => number)).toEqual([2]);
  });
});

/** Whether the deletion got as far as its intent. */
async function hasPendingDeletion(world: ModerationWorld): Promise<boolean> {
  const store = world.store.restart();
  return (await store.collection('privacy-deletions', z.unknown()).get('g1')) !== undefined;
}
