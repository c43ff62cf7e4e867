import { beforeEach, describe, expect, it } from 'vitest';
import { JobIndex } from '../../../src/jobs/job-index.ts';
import { JobStore } from '../../../src/jobs/job-store.ts';
import { JobTracker } from '../../../src/jobs/job-tracker.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { aJob, aJobid, anApiJob } from '../../builders.ts';
import { aListedWord } from '../moderation-builders.ts';
import { aReviewSetting, configure, type Process, ReviewWorld } from './review-world.ts';

describe('the gate', () => {
  let world: ReviewWorld;
  let bot: Process;

  beforeEach(async () => {
    world = new ReviewWorld();
    bot = await world.start();
  });

  const completed = () => aJob({ status: 'completed', finalAt: world.clock.now() });
  const isHeld = (guildId: string, ref = aJob().ref) => bot.gate.isHeldFor(guildId, ref, false);

  it('lets everything pass where review is off and no word is listed', async () => {
    await bot.gate.admit(completed());

    expect([isHeld('g1'), isHeld('g2')]).toEqual([false, false]);
  });

  it('holds a completed job in the server that reviews, except from reviewers', async () => {
    await configure(bot, { review: aReviewSetting() });

    await bot.gate.admit(completed());

    expect([isHeld('g1'), isHeld('g2')]).toEqual([true, false]);
    expect(bot.gate.isHeldFor('g1', aJob().ref, true)).toBe(false);
  });

  it('opens nothing for a server that may not know of the job', async () => {
    await configure(bot, { review: aReviewSetting() });
    await configure(bot, { review: aReviewSetting() }, 'g2');

    await bot.gate.admit({ ...completed(), originGuildId: 'g2', requestedBy: 'u1' });

    expect([isHeld('g1'), isHeld('g2')]).toEqual([false, true]);
    expect(bot.reviews.listOpen('g2')).toMatchObject([{ why: 'mode', requestedBy: 'u1' }]);
    expect((await bot.log.page('g1', { ref: aJob().ref, limit: 10 })).entries).toEqual([]);
  });

  it.each(['moderated', 'failed', 'cancelled', 'progress'])('opens no review for a job that is %s', async (status) => {
    await configure(bot, { review: aReviewSetting() });

    await bot.gate.admit(aJob({ status }));

    expect(isHeld('g1')).toBe(false);
  });

  it.each(['refuse', 'review'] as const)(
    'holds a result whose prompt has a word listed to %s, though review is off',
    async (outcome) => {
      await configure(bot, { words: [aListedWord('Fog', outcome)] });

      await bot.gate.admit(completed());

      expect([isHeld('g1'), isHeld('g2')]).toEqual([true, false]);
      expect(bot.reviews.listOpen('g1')).toMatchObject([{ why: 'word', word: 'Fog' }]);
    },
  );

  it('does not take back what was shown before review was turned on', async () => {
    const old = completed();
    await world.clock.advance(1_000);
    await configure(bot, { review: aReviewSetting() });

    await bot.gate.admit(old);

    expect(isHeld('g1')).toBe(false);
  });

  it('holds a job that is met when it has ended by when the API says that it did', async () => {
    await configure(bot, { review: aReviewSetting() });
    const now = world.clock.now();
    const met = { firstSeenAt: now + 5_000, finalAt: now + 5_000 };
    const ended = (n: number, over: object) => aJob({ jobid: aJobid(n), status: 'completed', ...met, ...over });
    const jobs = [
      ended(1, { updatedAt: now - 60_001 }),
      ended(2, { updatedAt: now - 59_999 }),
      ended(3, {}),
      ended(4, { updatedAt: now - 60_001, firstSeenAt: now - 1 }),
    ];

    for (const job of jobs) await bot.gate.admit(job);

    expect(jobs.map(({ ref }) => isHeld('g1', ref))).toEqual([false, true, true, true]);
  });

  it('hides the previews of a running job that will be held', async () => {
    const running = aJob({ status: 'progress', progressPercent: 93 });
    const before = bot.gate.hidesResult('g1', running, false);
    await configure(bot, { review: aReviewSetting() });

    expect(before).toBe(false);
    expect(bot.gate.hidesResult('g1', running, false)).toBe(true);
    expect(bot.gate.hidesResult('g1', running, true)).toBe(false);
    expect(bot.gate.hidesResult('g2', running, false)).toBe(false);
    expect(bot.gate.hidesResult('g1', { ...completed(), finalAt: 1 }, false)).toBe(false);
  });

  it.each(['refuse', 'review'] as const)(
    'hides the previews of a running job whose prompt has a word listed to %s, though review is off',
    async (outcome) => {
      await configure(bot, { words: [aListedWord('Fog', outcome)] });
      const running = aJob({ status: 'progress', progressPercent: 93 });

      expect(bot.gate.hidesResult('g1', running, false)).toBe(true);
      expect(bot.gate.hidesResult('g1', running, true)).toBe(false);
      expect(bot.gate.hidesResult('g2', running, false)).toBe(false);
      expect(bot.gate.hidesResult('g1', { ...running, prompt: 'a clear day' }, false)).toBe(false);
    },
  );

  it.each([
    ['cancelled', 'finalAt'],
    ['failed', 'finalAt'],
    ['moderated', 'finalAt'],
    ['progress', 'goneAt'],
  ])('goes on hiding what a job has that ends %s (%s), unless review was turned on later', async (status, end) => {
    await configure(bot, { review: aReviewSetting() });
    const onSince = bot.settings.get('g1').review.onSince ?? 0;
    const at = (ms: number) => ({ [end]: ms });
    const job = aJob({ status, progressPercent: 93, ...at(onSince + 1) });
    const indexed = { ref: job.ref, status, endedAt: onSince - 1 };

    expect(bot.gate.hidesResult('g1', job, false)).toBe(true);
    expect(bot.gate.hidesResult('g1', job, true)).toBe(false);
    expect(bot.gate.hidesResult('g2', job, false)).toBe(false);
    expect(bot.gate.hidesResult('g1', { ...job, ...at(onSince - 1) }, false)).toBe(false);
    expect(bot.gate.hidesResult('g1', indexed, false)).toBe(false);
    expect(bot.gate.hidesResult('g1', { ...indexed, endedAt: onSince + 1 }, false)).toBe(true);
  });

  it('holds a job before the tracker stores it as final, also when the process dies in between', async () => {
    await configure(bot, { review: aReviewSetting() });
    const jobs = new JobStore(world.store.restart());
    const tracker = new JobTracker({ store: jobs, index: new JobIndex(), clock: world.clock, logger: silentLogger });
    const stored: (string | undefined)[] = [];
    tracker.onTransition(({ job }) => bot.gate.admit(job));
    tracker.onTransition(async ({ job, event }) => {
      if (event !== 'completed') return;
      stored.push(`${(await jobs.get(job.ref))?.status} ${isHeld('g1')}`);
      if (stored.length === 1) throw new Error('killed');
    });
    await tracker.observe(anApiJob());

    await tracker.observe(anApiJob({ status: 'completed' })).catch(() => undefined);
    await tracker.observe(anApiJob({ status: 'completed' }));

    expect(stored).toEqual(['progress true', 'progress true']);
    expect(bot.reviews.listOpen('g1')).toHaveLength(1);
  });
});
