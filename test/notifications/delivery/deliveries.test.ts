import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PostError } from '../../../src/notifications/delivery/channel-poster.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { brokenServer, lost, noPermission, tooManyThreads, unknownChannel } from '../fake-discord.ts';
import { aRuleInput, GUILD, NotificationWorld, type Process } from '../notification-world.ts';

const MINUTE = 60_000;

describe('deliveries', () => {
  let world: NotificationWorld;
  let bot: Process;

  beforeEach(async () => {
    world = new NotificationWorld();
    bot = await world.start();
  });

  afterEach(() => world.destroy());

  const addRule = (over: Parameters<typeof aRuleInput>[0] = {}) =>
    bot.notifications.rules.add(GUILD, aRuleInput(over), world.clock.now());

  /** Starts and ends the n-th job; answers its ref. */
  async function endJob(n = 1, over: Parameters<typeof anApiJob>[0] = {}): Promise<string> {
    const jobid = aJobid(n);
    await bot.tracker.observe(anApiJob({ jobid }));
    const { ref } = await bot.tracker.observe(anApiJob({ jobid, status: 'completed', ...over }));
    return ref;
  }

  it('posts one message where two rules match in a channel, with both mentions', async () => {
    await addRule({ mentionRoleId: 'r1', media: 'none' });
    await addRule({ mentionRoleId: 'r2', media: 'spoiler' });

    const ref = await endJob();
    await world.idle(bot);

    expect(world.discord.texts('c1')).toEqual([`job ${ref}`]);
    expect(world.discord.messages[0]?.notice).toMatchObject({ mentionRoleIds: ['r1', 'r2'], media: 'spoiler' });
  });

  it('gives an answer that was lost one more try within the nonce window, and no second message', async () => {
    await addRule();
    world.discord.faults.push('answer-lost');

    const ref = await endJob();
    await world.pass(bot, 5_000);

    expect(world.discord.texts('c1')).toEqual([`job ${ref}`]);
    expect(world.discord.attempts).toBe(2);
    expect(world.discord.looks).toBe(0);
  });

  it('looks back through the channel when a doubt is older than the nonce window', async () => {
    await addRule();
    world.discord.faults.push('answer-lost');
    const ref = await endJob();
    await world.idle(bot);
    world.discord.isDown = true;
    await world.pass(bot, 10 * MINUTE, MINUTE);
    world.discord.isDown = false;

    await world.pass(bot, 2 * MINUTE, MINUTE);

    expect(world.discord.texts('c1')).toEqual([`job ${ref}`]);
    expect(world.discord.looks).toBeGreaterThan(0);
  });

  it('never sends twice where there is no nonce, as in a forum', async () => {
    await addRule();
    world.discord.forums.add('c1');
    world.discord.faults.push('answer-lost');

    const ref = await endJob();
    await world.pass(bot, 2 * MINUTE, 1_000);

    expect(world.discord.texts('c1')).toEqual([`job ${ref}`]);
    expect(world.discord.attempts).toBe(1);
  });

  it('waits for a forum post that is still on its way before it looks', async () => {
    await addRule();
    world.discord.forums.add('c1');
    world.discord.faults.push('lands-late');

    const ref = await endJob();
    await world.pass(bot, 2 * MINUTE, 1_000);

    expect(world.discord.texts('c1')).toEqual([`job ${ref}`]);
  });

  it('stays in doubt when the second attempt is refused: the first may have been taken', async () => {
    await addRule();
    const slow = new PostError('retry', 'rate limited', { retryAfterMs: 200_000, isDoubtful: false });
    world.discord.faults.push('answer-lost', slow);

    const ref = await endJob();
    await world.pass(bot, 5 * MINUTE, 10_000);

    expect(world.discord.texts('c1')).toEqual([`job ${ref}`]);
  });

  it('sends again what a forum never got', async () => {
    await addRule();
    world.discord.forums.add('c1');
    world.discord.faults.push('not-arrived');

    const ref = await endJob();
    await world.pass(bot, 2 * MINUTE, 1_000);

    expect(world.discord.texts('c1')).toEqual([`job ${ref}`]);
  });

  it('falls back to a card without media, then to text, when the payload is refused', async () => {
    await addRule();
    world.discord.refusedLevels = ['whole', 'without-media'];

    await endJob();
    await world.idle(bot);

    expect(world.discord.messages.map((message) => message.level)).toEqual(['text-only']);
  });

  it('tries the least of it again when all of it was refused: that may pass', async () => {
    await addRule();
    world.discord.refusedLevels = ['whole', 'without-media', 'text-only'];
    const ref = await endJob();
    await world.pass(bot, 10_000, 1_000);
    const [during] = await bot.notifications.rules.list(GUILD);
    world.discord.refusedLevels = [];

    await world.pass(bot, MINUTE, 1_000);

    expect(during?.delayed).toMatchObject({ code: 50035, reason: 'Invalid Form Body' });
    expect(world.discord.messages.map(({ level }) => level)).toEqual(['text-only']);
    expect(world.discord.texts('c1')).toEqual([`job ${ref}`]);
    const [after] = await bot.notifications.rules.list(GUILD);
    expect(after).not.toHaveProperty('delayed');
    expect(world.suspensions).toEqual([]);
  });

  it('waits for hours with growing pauses while it is refused for what nobody knows, and posts it then', async () => {
    await addRule();
    world.discord.refusing.set('c1', tooManyThreads());
    const first = await endJob(1);
    await world.pass(bot, 25 * MINUTE, 5_000);
    const attempts = world.discord.attempts;
    const second = await endJob(2);
    await world.pass(bot, 180 * MINUTE, MINUTE);
    world.discord.refusing.clear();

    await world.pass(bot, 12 * MINUTE, MINUTE);

    expect(attempts).toBeLessThan(12);
    expect(world.discord.attempts).toBeLessThan(40);
    expect(world.discord.texts('c1')).toEqual([`summary ${first}`, `summary ${second}`]);
    expect(world.suspensions).toEqual([]);
  });

  it.each(['c1', 'forum'])('sends less of what gets no answer at all, after a look back: %s', async (channelId) => {
    world.discord.forums.add('forum');
    await addRule({ channelId });
    world.discord.judge = ({ level }) => (level === 'whole' ? lost() : undefined);
    const first = await endJob(1);
    await world.pass(bot, 4 * MINUTE, 5_000);
    const looks = world.discord.looks;
    const second = await endJob(2);

    await world.pass(bot, 4 * MINUTE, 5_000);

    expect(looks).toBe(2);
    expect(world.discord.texts(channelId)).toEqual([`job ${first}`, `job ${second}`]);
    expect(world.discord.messages.map(({ level }) => level)).toEqual(['without-media', 'without-media']);
  });

  it('sends less of what breaks Discord’s server while other posts pass', async () => {
    await addRule();
    await addRule({ channelId: 'c2', verb: 'blend' });
    world.discord.judge = ({ level, notice }) =>
      level === 'whole' && notice.kind === 'job' && notice.job.verb !== 'blend' ? brokenServer() : undefined;
    const broken = await endJob(1);

    for (let n = 2; n < 6; n += 1) {
      await world.pass(bot, MINUTE, 5_000);
      const jobid = aJobid(n);
      const origin = { guildId: GUILD, userId: 'u1' };
      await bot.tracker.observe(anApiJob({ jobid, verb: 'blend', status: 'completed' }), { origin });
    }

    const [first] = world.discord.messages.filter(({ channelId }) => channelId === 'c1');
    expect([world.discord.texts('c1')[0], first?.level]).toEqual([`job ${broken}`, 'without-media']);
  });

  it('sends all of it after minutes in which Discord took no message at all', async () => {
    await addRule();
    await addRule({ channelId: 'c2' });
    world.discord.judge = brokenServer;
    const ref = await endJob(1);
    await world.pass(bot, 6 * MINUTE, 5_000);
    world.discord.judge = () => undefined;

    await world.pass(bot, 3 * MINUTE, 5_000);

    expect([world.discord.texts('c1'), world.discord.texts('c2')]).toEqual([[`job ${ref}`], [`job ${ref}`]]);
    expect(world.discord.messages.map(({ level }) => level)).toEqual(['whole', 'whole']);
    expect(world.discord.looks).toBeGreaterThan(2);
  });

  it('drops what never gets through in any form, and lets the next wait no longer than that', async () => {
    await addRule();
    await addRule({ channelId: 'c2', events: ['completed'], verb: 'blend' });
    const job = await bot.tracker.observe(anApiJob());
    await bot.notifications.liveCards.add({ guildId: GUILD, channelId: 'c1', ref: job.ref }, 'u1', job);
    await world.idle(bot);
    world.discord.judge = ({ notice }) => (notice.kind === 'ending' ? lost() : undefined);
    await bot.tracker.observe(anApiJob({ status: 'completed' }));
    await world.pass(bot, 5 * 60 * MINUTE, MINUTE);
    const before = (await bot.notifications.explainer.explainJob(GUILD, job.ref)).at(-1)?.rules[0]?.delivery;
    const next = await endJob(2);

    await world.pass(bot, 100 * MINUTE, MINUTE);

    const after = (await bot.notifications.explainer.explainJob(GUILD, job.ref)).at(-1)?.rules[0]?.delivery;
    expect([before?.state, after?.state, after?.why]).toEqual(['sending', 'dropped', 'Discord did not answer']);
    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `summary ${next}`]);
  });

  it('drops with its reason what is refused for hours, and goes on with the next', async () => {
    await addRule();
    const job = await bot.tracker.observe(anApiJob());
    await bot.notifications.liveCards.add({ guildId: GUILD, channelId: 'c1', ref: job.ref }, 'u1', job);
    await world.idle(bot);
    world.discord.faults.push(...Array.from({ length: 200 }, tooManyThreads));
    await bot.tracker.observe(anApiJob({ status: 'completed' }));
    await world.pass(bot, 5 * 60 * MINUTE, 5 * MINUTE);
    const tries = 200 - world.discord.faults.length;
    await world.pass(bot, 70 * MINUTE, 5 * MINUTE);
    world.discord.faults.length = 0;

    const taken = await endJob(2);
    await world.pass(bot, MINUTE, 1_000);

    const delivery = (await bot.notifications.explainer.explainJob(GUILD, job.ref)).at(-1)?.rules[0]?.delivery;
    expect(delivery).toMatchObject({ state: 'dropped', why: 'Maximum number of active threads reached' });
    expect([tries > 20, tries < 60]).toEqual([true, true]);
    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `job ${taken}`]);
    expect((await bot.notifications.rules.get(GUILD, 1))?.delayed).toBeUndefined();
  });

  it('suspends the rules of a channel that refuses, says so once, keeps the order, and resumes by itself', async () => {
    await addRule();
    await addRule({ channelId: 'c2' });
    world.discord.refusing.set('c1', noPermission());
    const first = await endJob(1);
    await world.pass(bot, 3 * MINUTE, MINUTE);
    const second = await endJob(2);
    await world.pass(bot, 3 * MINUTE, MINUTE);
    const during = await bot.notifications.rules.list(GUILD);
    world.discord.refusing.delete('c1');

    await world.pass(bot, 12 * MINUTE, MINUTE);

    expect(during.map((rule) => rule.suspended?.code)).toEqual([50013, undefined]);
    expect(world.discord.texts('c1')).toEqual([`job ${first}`, `job ${second}`]);
    expect(world.discord.texts('c2')).toEqual([`job ${first}`, `job ${second}`]);
    expect(world.suspensions).toEqual(['1 Missing Permissions']);
    expect((await bot.notifications.rules.list(GUILD)).every((rule) => rule.suspended === undefined)).toBe(true);
  });

  it('gives up a channel that has been gone for three days', async () => {
    await addRule();
    world.discord.refusing.set('c1', unknownChannel());
    const ref = await endJob();

    await world.pass(bot, 75 * 60 * MINUTE, 10 * MINUTE);

    const events = await bot.notifications.explainer.explainJob(GUILD, ref);
    expect(events.at(-1)?.rules[0]?.delivery?.state).toBe('dropped');
    expect(world.suspensions).toEqual(['1 Unknown Channel']);
  });

  it('posts everything that came due in an outage of two hours in one summary per channel', async () => {
    await addRule();
    await addRule({ channelId: 'c2' });
    world.discord.isDown = true;
    const early: string[] = [];
    for (let n = 1; n <= 5; n += 1) {
      early.push(await endJob(n));
      await world.pass(bot, 10 * MINUTE, MINUTE);
    }
    await world.pass(bot, 70 * MINUTE, MINUTE);
    const fresh = await endJob(6);
    world.discord.isDown = false;

    await world.pass(bot, 5 * MINUTE, MINUTE);

    for (const channel of ['c1', 'c2']) {
      expect(world.discord.texts(channel)).toEqual([`summary ${early.join(' ')}`, `job ${fresh}`]);
    }
  });

  it('posts what ended while the API or the bot was down for hours in one summary, and what ended just now alone', async () => {
    await addRule();
    const ids = [1, 2, 3].map((n) => aJobid(n));
    for (const jobid of ids) await bot.tracker.observe(anApiJob({ jobid }));
    await world.pass(bot, 300 * MINUTE);
    const end = (jobid: string, minutesAgo: number) =>
      bot.tracker.observe(anApiJob({ jobid, status: 'completed', updatedAt: world.clock.now() - minutesAgo * MINUTE }));
    const [first, second, third] = [
      await end(ids[0] ?? '', 290),
      await end(ids[1] ?? '', 40),
      await end(ids[2] ?? '', 5),
    ];

    await world.pass(bot, MINUTE);

    expect(world.discord.texts('c1')).toEqual([`summary ${first.ref} ${second.ref}`, `job ${third.ref}`]);
  });

  it('lets nobody join a summary that may have been sent already', async () => {
    await addRule();
    world.discord.isDown = true;
    const late = await endJob(1);
    await world.pass(bot, 40 * MINUTE, MINUTE);
    const fresh = await endJob(2);
    world.discord.isDown = false;
    world.discord.faults.push('lost-for-long');
    await world.pass(bot, 40 * MINUTE, MINUTE);
    world.discord.isDown = false;

    await world.pass(bot, 5 * MINUTE, MINUTE);

    expect(world.discord.texts('c1')).toEqual([`summary ${late}`, `summary ${fresh}`]);
  });

  it('plans an event once, whatever becomes of the rules before it is heard again', async () => {
    const rule = await addRule();
    const job = await bot.tracker.observe(anApiJob());
    const transition = { job: { ...job, status: 'completed' }, event: 'completed' } as const;
    await bot.notifications.notifier.onTransition(transition);
    await bot.notifications.rules.edit(GUILD, rule.number, { channelId: 'c2' });

    await bot.notifications.notifier.onTransition(transition);
    await world.idle(bot);

    expect(world.discord.messages.map(({ channelId }) => channelId)).toEqual(['c1']);
  });

  it('collects what a rule posts beyond its digest into one message at the end of the window', async () => {
    await addRule({ digest: 2 });
    await addRule({ channelId: 'c2' });
    const refs: string[] = [];
    for (let n = 1; n <= 5; n += 1) {
      refs.push(await endJob(n));
      await world.pass(bot, 1_000);
    }
    const before = world.discord.texts('c1');

    await world.pass(bot, 11 * MINUTE, MINUTE);

    expect(before).toEqual(refs.slice(0, 2).map((ref) => `job ${ref}`));
    expect(world.discord.texts('c1').slice(2)).toEqual([`digest ${refs.slice(2).join(' ')}`]);
    expect(world.discord.texts('c2')).toEqual(refs.map((ref) => `job ${ref}`));
  });

  it('is silent in quiet hours, decided when it is sent, unless another rule of the post is loud', async () => {
    const quiet = { fromMinute: 14 * 60, toMinute: 15 * 60, timeZone: 'UTC' };
    await addRule({ quiet });
    await addRule({ channelId: 'c2', quiet });
    await addRule({ channelId: 'c2' });

    await endJob();
    await world.idle(bot);

    const silent = world.discord.messages.map(({ channelId, isSilent }) => [channelId, isSilent]);
    expect(silent).toEqual(
      expect.arrayContaining([
        ['c1', true],
        ['c2', false],
      ]),
    );
  });

  it('waits as long as Discord asks', async () => {
    await addRule();
    world.discord.faults.push(new PostError('retry', 'rate limited', { retryAfterMs: 20_000, isDoubtful: false }));

    await endJob();
    await world.pass(bot, 19_000, 1_000);
    const before = world.discord.messages.length;
    await world.pass(bot, 2_000, 1_000);

    expect([before, world.discord.messages.length]).toEqual([0, 1]);
  });

  it('drops what waits in a channel that refuses, alone or in a summary, when its rule moves to another', async () => {
    await addRule();
    world.discord.refusing.set('c1', noPermission());
    const refs = [await endJob(1), await endJob(2)];
    await world.pass(bot, 45 * MINUTE, 5 * MINUTE);
    refs.push(await endJob(3));
    await world.idle(bot);

    await bot.notifications.rules.edit(GUILD, 1, { channelId: 'c2' });
    await world.pass(bot, 30 * MINUTE, 5 * MINUTE);
    world.discord.refusing.clear();
    const fresh = await endJob(4);
    await world.pass(bot, 15 * MINUTE, MINUTE);

    expect([world.discord.texts('c1'), world.discord.texts('c2')]).toEqual([[], [`job ${fresh}`]]);
    for (const ref of refs) {
      const delivery = (await bot.notifications.explainer.explainJob(GUILD, ref)).at(-1)?.rules[0]?.delivery;
      expect(delivery).toMatchObject({ state: 'dropped', why: 'its rule now posts to another channel' });
    }
  });

  it('is no longer refused after a summary was taken, and resumes its rules', async () => {
    await addRule();
    world.discord.refusing.set('c1', noPermission());
    await endJob(1);
    await world.pass(bot, 45 * MINUTE, 5 * MINUTE);

    world.discord.refusing.clear();
    await world.pass(bot, 15 * MINUTE, MINUTE);

    expect(world.discord.texts('c1')).toHaveLength(1);
    expect(world.suspensions).toEqual(['1 Missing Permissions']);
    expect((await bot.notifications.rules.get(GUILD, 1))?.suspended).toBeUndefined();
  });

  it('forgets a post whose only rule was removed before it was sent', async () => {
    await addRule();
    world.discord.faults.push(new PostError('retry', 'rate limited', { retryAfterMs: 20_000, isDoubtful: false }));
    await endJob();
    await world.idle(bot);

    await bot.notifications.rules.remove(GUILD, 1);
    await world.pass(bot, MINUTE, 1_000);

    expect(world.discord.messages).toEqual([]);
  });

  it('drops what waits for a server that has removed the bot', async () => {
    await addRule();
    world.discord.isDown = true;
    await endJob();
    await world.pass(bot, MINUTE, 1_000);

    world.left.add(GUILD);
    world.discord.isDown = false;
    await world.pass(bot, 10 * MINUTE, MINUTE);
    world.left.delete(GUILD);
    await world.pass(bot, 10 * MINUTE, MINUTE);

    expect(world.discord.messages).toEqual([]);
  });

  it('drops a digest for a server that has removed the bot', async () => {
    await addRule({ digest: 1 });
    for (const n of [1, 2, 3]) await endJob(n);
    await world.idle(bot);
    const before = world.discord.messages.length;

    world.left.add(GUILD);
    await world.pass(bot, 20 * MINUTE, MINUTE);

    expect(before).toBe(1);
    expect(world.discord.messages).toHaveLength(before);
  });

  it('posts a job only in the server from which it was submitted', async () => {
    world.served.add('g2');
    await addRule();
    await bot.notifications.rules.add('g2', aRuleInput({ channelId: 'c9' }), 0);
    const origin = { guildId: 'g2', userId: 'u1' };

    const { ref } = await bot.tracker.observe(anApiJob({ status: 'completed' }), { origin });
    await world.idle(bot);

    expect(world.discord.messages.map(({ channelId, notice }) => [channelId, notice.kind])).toEqual([['c9', 'job']]);
    expect(await bot.notifications.explainer.explainJob(GUILD, ref)).toEqual([]);
  });

  it('reports lost contact to rules for failures, and the true end afterwards', async () => {
    await addRule();
    await addRule({ channelId: 'c2', events: ['completed'] });
    const job = await bot.tracker.observe(anApiJob());

    await bot.notifications.notifier.onLostContact(job);
    await bot.tracker.observe(anApiJob({ status: 'failed' }));
    await world.idle(bot);

    expect(world.discord.texts('c1')).toHaveLength(2);
    expect(world.discord.texts('c2')).toEqual([]);
  });
});
