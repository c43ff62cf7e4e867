import { afterEach, beforeEach, expect, it } from 'vitest';
import { qualifyJob } from '../../../src/backends/accounts/job-ids.ts';
import type { Submission } from '../../../src/jobs/submissions/submission.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from './fake-submission-api.ts';
import { SubmissionBot } from './submission-rig.ts';

const ID = 'a0123456789abcde';
const FOREIGN = 'own-2s-t0';
const clock = new FakeClock();

let store: SqliteStore;
let bot: SubmissionBot;

beforeEach(() => {
  store = SqliteStore.open(':memory:');
  bot = new SubmissionBot(new FakeSubmissionApi(), store, clock);
});
afterEach(() => store.close());

/** Of server g1, at the account of the variables. */
function aSubmission(over: Partial<Submission> = {}): Submission {
  const work = { kind: 'submit', prompt: 'a lighthouse', board: 'v3' } as const;
  const now = clock.now();
  return {
    id: ID,
    state: 'unknown',
    guildId: 'g1',
    userId: 'u1',
    askedAt: now,
    turn: 1,
    hasWaited: false,
    work,
    ...over,
  };
}

it('believes no account that names the reference of a submission to another one', async () => {
  await bot.submissionStore.put(aSubmission());

  const job = await bot.tracker.observe(qualifyJob(FOREIGN, anApiJob({ jobid: aJobid(), replyRef: ID })));

  expect(job).not.toHaveProperty('originGuildId');
  expect(job).not.toHaveProperty('requestedBy');
  expect(job).not.toHaveProperty('replyRef');
});

it('does not believe it in the answer to a submit either, nor ends the other submission with it', async () => {
  await bot.submissionStore.put(aSubmission());
  await bot.submissions.runner.lookFor(aSubmission());
  const origin = { guildId: 'g2', userId: 'u2' };

  const job = await bot.tracker.observe(qualifyJob(FOREIGN, anApiJob({ jobid: aJobid(), replyRef: ID })), { origin });
  await bot.submissions.whenIdle();

  expect(job).toMatchObject({ originGuildId: 'g2', requestedBy: 'u2' });
  expect(job).not.toHaveProperty('replyRef');
  expect((await bot.submissionStore.get(ID))?.state).toBe('unknown');
});

it('believes the account to which the submission went', async () => {
  await bot.submissionStore.put(aSubmission());

  const job = await bot.tracker.observe(anApiJob({ jobid: aJobid(), replyRef: ID }));

  expect(job).toMatchObject({ originGuildId: 'g1', requestedBy: 'u1', replyRef: ID });
});

it('believes the operator’s own account also under another id: it may have been moved into the accounts file', async () => {
  await bot.submissionStore.put(aSubmission());

  const job = await bot.tracker.observe(qualifyJob('main', anApiJob({ jobid: aJobid(), replyRef: ID })));

  expect(job).toMatchObject({ originGuildId: 'g1', requestedBy: 'u1', replyRef: ID });
});
