import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aJobid, anApiJob } from '../builders.ts';
import { noPermission } from './fake-discord.ts';
import { aRuleInput, GUILD, NotificationWorld, type Process } from './notification-world.ts';

const MINUTE = 60_000;

describe('explainer', () => {
  let world: NotificationWorld;
  let bot: Process;

  beforeEach(async () => {
    world = new NotificationWorld();
    bot = await world.start();
  });

  afterEach(() => world.destroy());

  async function endJob(n = 1): Promise<string> {
    await bot.tracker.observe(anApiJob({ jobid: aJobid(n) }));
    const { ref } = await bot.tracker.observe(anApiJob({ jobid: aJobid(n), status: 'completed' }));
    await world.idle(bot);
    return ref;
  }

  const endOf = async (ref: string) => (await bot.notifications.explainer.explainJob(GUILD, ref)).at(-1);

  it('says per rule which condition did not hold, and links the message of those that matched', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput({ verb: 'blend' }), 0);
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);

    const end = await endOf(await endJob());

    expect(end?.event).toBe('completed');
    expect(end?.rules).toMatchObject([
      { verdict: { matched: false, because: { condition: 'verb', wanted: 'blend', was: 'imagine' } } },
      {
        verdict: { matched: true },
        delivery: { state: 'posted', tries: 1, link: `https://discord.com/channels/${GUILD}/c1/m1` },
      },
    ]);
    expect(end?.rules[0]?.delivery).toBeUndefined();
  });

  it('quotes what Discord said last, how often it was tried and when it is tried next', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    world.discord.refusing.set('c1', noPermission());

    const ref = await endJob();
    const behind = await endJob(2);

    const delivery = (await endOf(ref))?.rules[0]?.delivery;
    expect(delivery).toMatchObject({
      state: 'waiting',
      tries: 1,
      nextTryAt: world.clock.now() + MINUTE,
      lastAnswer: { code: 50013, says: 'Missing Permissions' },
    });
    expect((await endOf(behind))?.rules[0]?.delivery).toMatchObject({ state: 'planned', tries: 0 });
  });

  it('says how much of a post Discord did not take, and whether quiet hours are on', async () => {
    const minute = Math.floor(world.clock.now() / MINUTE) % 1440;
    const quiet = (from: number) => ({ fromMinute: from % 1440, toMinute: (from + 60) % 1440, timeZone: 'UTC' });
    await bot.notifications.rules.add(GUILD, aRuleInput({ quiet: quiet(minute) }), 0);
    await bot.notifications.rules.add(GUILD, aRuleInput({ channelId: 'c2', quiet: quiet(minute + 120) }), 0);
    const whole = (await endOf(await endJob(1)))?.rules;
    world.discord.refusedLevels = ['whole'];

    const reduced = (await endOf(await endJob(2)))?.rules;

    expect(whole?.map(({ isQuietNow, delivery }) => [isQuietNow, delivery?.isSilent, delivery?.isReduced])).toEqual([
      [true, true, false],
      [false, false, false],
    ]);
    expect(reduced?.map(({ delivery }) => delivery?.isReduced)).toEqual([true, true]);
  });

  it('links the message of the digest that shows it', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput({ digest: 1 }), 0);
    await endJob(1);
    const ref = await endJob(2);

    const open = (await endOf(ref))?.rules[0]?.delivery;
    await world.pass(bot, 11 * MINUTE, MINUTE);
    const delivery = (await endOf(ref))?.rules[0]?.delivery;

    expect([open?.batch, open?.link]).toEqual(['digest', undefined]);
    expect([delivery?.batch, delivery?.link]).toEqual(['digest', `https://discord.com/channels/${GUILD}/c1/m2`]);
  });

  it('knows nothing of a job in a server without rules, and of another server’s', async () => {
    const ref = await endJob();

    expect(await bot.notifications.explainer.explainJob(GUILD, ref)).toEqual([]);
    expect(await bot.notifications.explainer.listDeliveries(GUILD, 10)).toEqual([]);
  });

  it('lists the last deliveries, newest first, at most as many as asked for', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    await bot.notifications.rules.add(GUILD, aRuleInput({ channelId: 'c2' }), 0);
    const refs = [await endJob(1), await endJob(2), await endJob(3)];

    const listed = await bot.notifications.explainer.listDeliveries(GUILD, 5);

    expect(listed.map(({ ref, channelId }) => `${ref} ${channelId}`)).toEqual([
      `${refs[2]} c1`,
      `${refs[2]} c2`,
      `${refs[1]} c1`,
      `${refs[1]} c2`,
      `${refs[0]} c1`,
    ]);
  });

  it('posts a marked sample that mentions nobody, or says what Discord answers', async () => {
    const rule = await bot.notifications.rules.add(GUILD, aRuleInput({ mentionRoleId: 'r1' }), 0);
    const job = await bot.tracker.observe(anApiJob());

    const posted = await bot.notifications.samplePosts.post(rule, job);
    world.discord.refusing.set('c1', noPermission());
    const refused = await bot.notifications.samplePosts.post(rule, job);

    expect(posted).toEqual({ outcome: 'posted', link: `https://discord.com/channels/${GUILD}/c1/m1` });
    expect(world.discord.messages[0]?.notice).toMatchObject({ isSample: true, mentionRoleIds: [] });
    expect(refused).toEqual({ outcome: 'refused', code: 50013, says: 'Missing Permissions' });
  });
});
