import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../../src/jobs/job.ts';
import { PostError } from '../../../src/notifications/delivery/channel-poster.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { brokenServer, lost, noPermission, tooManyThreads, unknownChannel } from '../fake-discord.ts';
import { aRuleInput, GUILD, NotificationWorld, type Process } from '../notification-world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const MINUTE = 60_000;

describe('live cards', () => {
  let world: NotificationWorld;
  let bot: Process;
  let job: Job;

  beforeEach(async () => {
    world = new NotificationWorld();
    bot = await world.start();
    job = await bot.tracker.observe(anApiJob());
  });

  afterEach(() => world.destroy());

  const place = (channelId = 'c1') => ({ guildId: GUILD, channelId, ref: job.ref });
  const progress = (progressPercent: number) => bot.tracker.observe(anApiJob({ progressPercent }));
  const end = (status = 'completed') => bot.tracker.observe(anApiJob({ status }));
  const card = () => world.discord.messages.find(({ notice }) => notice.kind === 'live-card');

  async function watch(channelId = 'c1', userId = 'u1'): Promise<void> {
    await bot.notifications.liveCards.add(place(channelId), userId, job);
    await world.pass(bot, 1_000);
  }

  it('follows a job with one message, edited at most every 5 s and only on change', async () => {
    await watch();
    for (let percent = 1; percent <= 30; percent += 1) {
      await progress(percent);
      await world.pass(bot, 1_000);
    }
    await world.pass(bot, MINUTE, 10_000);

    const gaps = world.discord.editedAt.slice(1).map((at, n) => at - (world.discord.editedAt[n] ?? 0));
    expect(world.discord.messages).toHaveLength(1);
    expect(card()?.notice).toMatchObject({ job: { progressPercent: 30 } });
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(5_000);
    expect(world.discord.editedAt.length).toBeLessThanOrEqual(7);
  });

  it('shows the end hours later and answers with a mention of all who asked, once', async () => {
    await watch('c1', 'u1');
    await watch('c1', 'u2');
    await world.pass(bot, 120 * MINUTE, 30 * MINUTE);

    await end();
    await end();
    await world.pass(bot, MINUTE, 10_000);

    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `ending ${job.ref}`]);
    expect(card()?.notice).toMatchObject({ job: { status: 'completed' } });
    expect(world.discord.messages[1]).toMatchObject({
      replyTo: card()?.messageId,
      notice: { mentionUserIds: ['u1', 'u2'] },
    });
    expect(bot.notifications.liveCards.hasLiveCard(job.ref)).toBe(false);
    expect(bot.notifications.liveCards.list(GUILD)).toEqual([]);
  });

  it('counts as the notification of that channel, and no other', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput({ mentionRoleId: 'r1' }), 0);
    await bot.notifications.rules.add(GUILD, aRuleInput({ channelId: 'c2' }), 0);
    await watch();

    await end();
    await world.idle(bot);

    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `ending ${job.ref}`]);
    expect(world.discord.texts('c2')).toEqual([`job ${job.ref}`]);
    const ending = world.discord.messages.find(({ notice }) => notice.kind === 'ending');
    expect(ending?.notice).toMatchObject({ mentionRoleIds: ['r1'], mentionUserIds: ['u1'] });
  });

  it('leaves rules to the usual way when the live card was removed before the end', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    await watch();
    await bot.notifications.liveCards.stop(place());

    await end();
    await world.idle(bot);

    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `job ${job.ref}`]);
  });

  it('leaves rules to the usual way when the live card was removed before its end was shown', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    await watch();
    world.discord.refusing.set('c1', noPermission());
    await end();
    await world.pass(bot, MINUTE, 10_000);
    await bot.notifications.liveCards.stop(place());
    world.discord.refusing.clear();

    await world.pass(bot, 15 * MINUTE, MINUTE);

    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `job ${job.ref}`]);
  });

  it('leaves rules to the usual way when the channel is gone at the end, and back soon', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    await watch();
    world.discord.refusing.set('c1', unknownChannel());
    await end();
    await world.pass(bot, MINUTE, 10_000);
    world.discord.refusing.clear();

    await world.pass(bot, 15 * MINUTE, MINUTE);

    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `job ${job.ref}`]);
  });

  it('is answered alone however late, never in a summary', async () => {
    await bot.notifications.rules.add(GUILD, aRuleInput(), 0);
    await watch();
    world.discord.refusing.set('c1', noPermission());
    await end();
    await world.pass(bot, 60 * MINUTE, MINUTE);
    world.discord.refusing.clear();

    await world.pass(bot, 15 * MINUTE, MINUTE);

    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `ending ${job.ref}`]);
  });

  it('posts a message anew that somebody deleted', async () => {
    await watch();
    world.discord.delete(card()?.messageId ?? '');

    await progress(50);
    await world.pass(bot, 10_000);

    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`]);
    expect(card()?.notice).toMatchObject({ job: { progressPercent: 50 } });
  });

  it('waits for the job’s end in a channel that is gone, and notifies directly whom it would have mentioned', async () => {
    await watch('c1');
    await watch('c2');
    world.discord.refusing.set('c1', unknownChannel());

    await progress(50);
    await world.pass(bot, 10_000);
    const missedBefore = [...world.missed];
    await end();
    await world.pass(bot, 10_000);

    expect(missedBefore).toEqual([]);
    expect(world.missed).toEqual([`u1 c1 ${job.ref} completed`]);
    expect(world.discord.texts('c2')).toEqual([`live-card ${job.ref}`, `ending ${job.ref}`]);
    expect(bot.notifications.liveCards.list(GUILD)).toEqual([]);
  });

  it('notifies directly whom its answer would have mentioned, where that is never taken', async () => {
    await watch();
    await end();
    world.discord.refusedLevels = ['whole', 'without-media', 'text-only'];
    await world.pass(bot, 10_000);
    const missedAtFirst = [...world.missed];
    await world.pass(bot, 12 * HOUR_MS, 10 * MINUTE_MS);

    expect(missedAtFirst).toEqual([]);
    expect(world.missed).toEqual([`u1 c1 ${job.ref} completed`]);
  });

  it('edits with less what never gets through whole, and does not keep the mention waiting', async () => {
    await watch();
    world.discord.judgeEdit = (level) => (level === 'whole' ? lost() : undefined);
    await end();
    await world.pass(bot, MINUTE, 5_000);

    expect(card()).toMatchObject({ level: 'without-media', notice: { job: { status: 'completed' } } });
    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `ending ${job.ref}`]);
  });

  it.each([
    ['a refusal that does not pass', () => tooManyThreads()],
    [
      'a fault of the least that can be sent',
      () => new PostError('payload', 'Invalid Form Body', { answerCode: 50035 }),
    ],
    ['answers that are lost', lost],
    ['a server that breaks at it', brokenServer],
  ])('mentions at the end although the card is not edited for hours: %s', async (_name, toError) => {
    await watch();
    world.discord.judgeEdit = toError;
    await end();
    await world.pass(bot, MINUTE, 5_000);
    const textsAtFirst = world.discord.texts('c1');
    await world.pass(bot, 9 * HOUR_MS, 10 * MINUTE_MS);

    expect(textsAtFirst).toEqual([`live-card ${job.ref}`]);
    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `ending ${job.ref}`]);
  });

  it('does not take an outage of Discord for a fault of what it shows', async () => {
    await watch();
    world.discord.isDown = true;
    await end();
    await world.pass(bot, 2 * HOUR_MS, 10 * MINUTE_MS);
    world.discord.isDown = false;
    await world.pass(bot, 15 * MINUTE, MINUTE);

    expect(card()).toMatchObject({ level: 'whole', notice: { job: { status: 'completed' } } });
  });

  it('waits for a permission that was taken away, and then shows the end', async () => {
    await watch();
    world.discord.refusing.set('c1', noPermission());
    await end();
    await world.pass(bot, 5 * MINUTE, MINUTE);
    world.discord.refusing.delete('c1');

    await world.pass(bot, 15 * MINUTE, MINUTE);

    expect(card()?.notice).toMatchObject({ job: { status: 'completed' } });
    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `ending ${job.ref}`]);
  });

  it('is brought up to date after a restart, with what was missed', async () => {
    await watch();
    await bot.end();
    await world.clock.advance(MINUTE);
    const quiet = await world.start();
    await world.idle(quiet);
    const editsBefore = card()?.edits;
    await quiet.jobs.set({ ...job, progressPercent: 77, changedAt: job.changedAt + 1 });
    await quiet.end();
    await world.clock.advance(MINUTE);

    const next = await world.start();
    await world.pass(next, MINUTE, 10_000);

    expect(editsBefore).toBe(0);
    expect(card()?.notice).toMatchObject({ job: { progressPercent: 77 } });
    expect(next.notifications.liveCards.hasLiveCard(job.ref)).toBe(true);
  });

  it('has one entry for a start, however many starts come before it can be shown', async () => {
    await watch();
    world.discord.refusing.set('c1', noPermission());
    await progress(50);
    await world.pass(bot, 10_000);
    const counts: number[] = [];

    for (let start = 1; start <= 4; start += 1) {
      await world.clock.advance(MINUTE / 10);
      const next = await world.start();
      await world.idle(next);
      counts.push(await next.queue.countOpen('deliveries'));
      await next.end();
    }

    expect(counts).toEqual([2, 2, 2, 2]);
  });

  it('ends with a job that the API no longer knows', async () => {
    await watch();

    await bot.tracker.observeGone(aJobid());
    await world.pass(bot, 10_000);

    expect(world.discord.texts('c1')).toEqual([`live-card ${job.ref}`, `ending ${job.ref}`]);
    expect(world.discord.messages[1]?.notice).toMatchObject({ event: 'expired' });
  });

  it('does not start for a job that is over, and limits the channels of one job', async () => {
    const over = await end();
    expect(await bot.notifications.liveCards.add(place(), 'u1', over)).toBe('already-over');

    job = await bot.tracker.observe(anApiJob({ jobid: aJobid(2) }));
    for (let n = 0; n < 10; n += 1) await bot.notifications.liveCards.add(place(`c${n}`), 'u1', job);

    await expect(bot.notifications.liveCards.add(place('c10'), 'u1', job)).rejects.toThrow(/watch list/);
    expect(await bot.notifications.liveCards.add(place('c1'), 'u2', job)).toBe('joined');
  });
});
