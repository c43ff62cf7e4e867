import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { noPermission } from './fake-discord.ts';
import { aRuleInput, GUILD, NotificationWorld, type Process } from './notification-world.ts';

const MINUTE = 60_000;
const HOURS_2 = 120 * MINUTE;

describe('reporting while the clock is set back', () => {
  let world: NotificationWorld;
  let bot: Process;

  beforeEach(async () => {
    world = new NotificationWorld();
    world.clock.step(HOURS_2);
    bot = await world.start();
  });
  afterEach(() => world.destroy());

  async function endOne(n = 1): Promise<Job> {
    await bot.tracker.observe(anApiJob({ jobid: aJobid(n) }));
    return bot.tracker.observe(anApiJob({ jobid: aJobid(n), status: 'completed' }));
  }

  it.each(['c1', 'forum'])(
    'looks for a post whose answer was lost before, and posts it once in %s',
    async (channelId) => {
      world.discord.forums.add('forum');
      await bot.notifications.rules.add(GUILD, aRuleInput({ channelId }), world.clock.now());
      world.discord.faults.push('lost-for-long');
      const job = await endOne();
      await world.pass(bot, MINUTE, 10_000);

      world.clock.step(-HOURS_2);
      await world.pass(bot, 5 * MINUTE, 10_000);
      world.discord.isDown = false;
      await world.pass(bot, 15 * MINUTE, 30_000);

      expect(world.discord.texts(channelId)).toEqual([`job ${job.ref}`]);
    },
  );

  it('does not post again what lands after the clock was set back', async () => {
    world.discord.forums.add('c1');
    await bot.notifications.rules.add(GUILD, aRuleInput(), world.clock.now());
    world.discord.faults.push('lands-late');
    const job = await endOne();
    await world.pass(bot, 1_000);

    world.clock.step(-HOURS_2);
    await world.pass(bot, 5 * MINUTE, 10_000);

    expect(world.discord.texts('c1')).toEqual([`job ${job.ref}`]);
  });

  it('goes on with a live card', async () => {
    const job = await bot.tracker.observe(anApiJob());
    await bot.notifications.liveCards.add({ guildId: GUILD, channelId: 'c1', ref: job.ref }, 'u1', job);
    await world.pass(bot, 10_000, 1_000);
    await bot.tracker.observe(anApiJob({ progressPercent: 10 }));
    await world.pass(bot, 1_000);

    world.clock.step(-HOURS_2);
    await bot.tracker.observe(anApiJob({ progressPercent: 60 }));
    await world.pass(bot, 10_000, 1_000);

    const [card] = world.discord.messages;
    expect(card?.notice).toMatchObject({ kind: 'live-card', job: { progressPercent: 60 } });
  });

  it('sends a digest no later than its window ends, and posts new ones alone again', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput({ digest: 1 }), world.clock.now());
    for (const n of [1, 2, 3]) await endOne(n);
    await world.pass(bot, 1_000);
    expect(world.discord.messages).toHaveLength(1);

    world.clock.step(-HOURS_2);
    await world.pass(bot, 11 * MINUTE, MINUTE);
    const job = await endOne(4);
    await world.pass(bot, 1_000);

    const texts = world.discord.texts('c1');
    expect([texts.length, texts[1]?.split(' ')[0], texts[2]]).toEqual([3, 'digest', `job ${job.ref}`]);
  });

  it('tries a channel that refused it again within ten minutes', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput(), world.clock.now());
    world.discord.refusing.set('c1', noPermission());
    const job = await endOne();
    await world.pass(bot, MINUTE, 10_000);

    world.clock.step(-HOURS_2);
    world.discord.refusing.clear();
    await world.pass(bot, 11 * MINUTE, MINUTE);

    expect(world.discord.texts('c1')).toEqual([`job ${job.ref}`]);
  });
});
