import { describe, expect, it } from 'vitest';
import { logMade, logSubmission } from '../../../src/discord/moderation/submission-log.ts';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
import { AuditLog } from '../../../src/moderation/log/audit-log.ts';
import type { ReadEntry } from '../../../src/moderation/log/log-entry.ts';
import type { Store } from '../../../src/storage/contract.ts';
import { aJob, aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from '../../jobs/submissions/fake-submission-api.ts';
import { SubmissionBot } from '../../jobs/submissions/submission-rig.ts';
import { atEveryStatement, FAULTS, FaultyStore } from '../../moderation/faulty-store.ts';

const PARENT = aJobid(1);

/** A process that submissions and logs what it does. */
class LoggingBot extends SubmissionBot {
  readonly log: AuditLog;

  constructor(api: FakeSubmissionApi, store: Store) {
    super(api, store, new FakeClock());
    this.log = new AuditLog(store);
    this.submissions.runner.onBegun((submission) => logSubmission(this.log, submission));
    this.submissions.runner.onMade((submission, job) => logMade(this.log, submission, job));
  }

  submit(guildId = 'g1') {
    return this.submissions.prompts.submit({ prompt: 'a fox', guildId, userId: 'ann', key: 'one wish' });
  }

  async entries(guildId = 'g1'): Promise<readonly ReadEntry[]> {
    return (await this.log.page(guildId, { limit: 100 })).entries;
  }
}

describe('the log of submissions', () => {
  it('has one entry of a submit, which leads to its job and is found by it', async () => {
    const bot = new LoggingBot(new FakeSubmissionApi(), new FaultyStore().restart());

    const outcome = await bot.submit();

    const ref = 'job' in outcome ? outcome.job?.ref : undefined;
    const found = await bot.log.page('g1', { limit: 9, ref: ref ?? '' });
    expect(await bot.entries()).toMatchObject([{ action: 'submit', actorId: 'ann', madeRef: ref }]);
    expect(found.entries).toHaveLength(1);
  });

  it('leads from a press to its job', async () => {
    const api = new FakeSubmissionApi();
    const bot = new LoggingBot(api, new FaultyStore().restart());
    api.put(anApiJob({ jobid: PARENT, status: 'completed', buttons: ['U1'] }));
    await bot.tracker.observe(await api.readJob(PARENT));

    await bot.press(toJobRef(PARENT), 'U1');

    const ref = toJobRef(api.made[0]?.jobid ?? '');
    expect(await bot.entries()).toMatchObject([{ action: 'press', ref: toJobRef(PARENT), madeRef: ref }]);
  });

  it('never leads to a job of another server', async () => {
    const log = new AuditLog(new FaultyStore().restart());
    const work = { kind: 'submit', prompt: 'a fox', board: 'v3' } as const;
    const who = { guildId: 'g1', userId: 'ann', askedAt: 1, turn: 1, hasWaited: false };
    const submission = { id: 'a123456789012345', state: 'existing', ...who, work } as const;
    await logSubmission(log, submission);

    await logMade(log, submission, aJob({ originGuildId: 'g2' }));

    expect((await log.page('g1', { limit: 9 })).entries[0]).not.toHaveProperty('madeRef');
  });

  it.each(['works', 'lost after', 'lost before'] as const)('has one entry of a submit that %s', async (fate) => {
    const api = new FakeSubmissionApi();
    api.fates = [fate];
    const store = new FaultyStore();

    await new LoggingBot(api, store.restart()).submit();
    const bot = new LoggingBot(api, store.restart());
    await bot.submissions.recover();
    await bot.submit();

    const made = api.made.map(({ jobid }) => toJobRef(jobid));
    expect((await bot.entries()).map(({ action, madeRef }) => [action, madeRef])).toEqual([['submit', made[0]]]);
  });
});

describe.each(FAULTS)('the log of submissionStore, when a statement should %s', (fault) => {
  it.each(['works', 'lost after'] as const)('has one entry of a submit that %s, with its job', async (fate) => {
    const faults = await atEveryStatement(fault, async (store, arm) => {
      const api = new FakeSubmissionApi();
      api.fates = [fate];
      const dead = new LoggingBot(api, store.restart());
      arm();
      await dead.submit().catch(() => undefined);
      await dead.submissions.whenIdle();
      store.heal();
      const bot = new LoggingBot(api, store.restart());
      await bot.submissions.recover();
      await bot.submit().catch(() => undefined);
      await bot.submissions.whenIdle();

      const made = api.made.map(({ jobid }) => toJobRef(jobid));
      expect(made.length).toBeLessThanOrEqual(1);
      expect((await bot.entries()).map(({ action, madeRef }) => [action, madeRef])).toEqual([['submit', made[0]]]);
    });

    expect(faults).toBeGreaterThan(10);
  });
});
