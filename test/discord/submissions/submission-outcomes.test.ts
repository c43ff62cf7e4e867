import { describe, expect, it } from 'vitest';
import { KeptReplies } from '../../../src/discord/core/kept-replies.ts';
import { SubmissionOutcomes } from '../../../src/discord/submissions/submission-outcomes.ts';
import type { Submission } from '../../../src/jobs/submissions/submission.ts';
import { SubmissionError } from '../../../src/jobs/submissions/submission-errors.ts';
import type { WaitedResult } from '../../../src/jobs/submissions/waiting-line.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { aJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';

const submission: Submission = {
  id: 'a1',
  state: 'failed',
  guildId: 'g1',
  userId: 'ann',
  requestId: 'i1',
  place: { channelId: 'c1' },
  askedAt: 1,
  turn: 1,
  hasWaited: false,
  work: { kind: 'submit', prompt: 'a fox', board: 'v3' },
};

/**
 * Whose quota was given back once what came of a submission was reported: by direct message, or with the job's card.
 */
function refundsAfter(report: (outcomes: SubmissionOutcomes) => unknown): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const refunds: string[] = [];
  const done = () => resolve([...refunds]);
  const outcomes = new SubmissionOutcomes({
    replies: new KeptReplies(new FakeClock()),
    channelCards: {
      follow: async () => {
        done();
        return { isShown: true, about: '' };
      },
      refresh: async () => undefined,
    },
    privateCards: { refresh: async () => undefined },
    submissions: { noteReported: async () => undefined },
    drafts: { keep: async () => 'd1' },
    notes: { write: async () => false },
    accounts: { nameIn: () => undefined },
    requesters: { notifyOfModeration: async () => undefined, notifyOfOutcome: async () => done() },
    quotas: {
      refund: async (guildId, key) => {
        refunds.push(`${guildId} ${key}`);
        return true;
      },
    },
    logger: silentLogger,
  });
  report(outcomes);
  return promise;
}

const FAILED: WaitedResult = { outcome: 'failed', error: new SubmissionError('a1', 'x', 'The API refused it.') };
const MAY_BE_RUNNING: WaitedResult = { outcome: 'may-be-running', reason: 'No answer came.' };

describe('what is spent for a submission', () => {
  it.each<[string, WaitedResult]>([
    ['failed', FAILED],
    ['was refused', { outcome: 'refused', reason: 'A bad word.' }],
  ])('is given back when it turns out after a crash that it %s', async (_, result) => {
    expect(await refundsAfter((outcomes) => outcomes.notifyOfOutcome(submission, result))).toEqual(['g1 i1']);
  });

  it.each<[string, WaitedResult]>([
    ['may be running', MAY_BE_RUNNING],
    ['made its job', { outcome: 'made', job: aJob() }],
    ['was found', { outcome: 'found', job: aJob() }],
  ])('stays spent when it turns out after a crash that it %s', async (_, result) => {
    expect(await refundsAfter((outcomes) => outcomes.notifyOfOutcome(submission, result))).toEqual([]);
  });
});
