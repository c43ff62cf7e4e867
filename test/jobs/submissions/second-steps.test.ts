import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FinishRequest, FinishResult } from '../../../src/backends/contract.ts';
import { SecondSteps } from '../../../src/jobs/submissions/second-steps.ts';
import { isPressSubmission, type PressSubmission } from '../../../src/jobs/submissions/submission.ts';
import { SubmissionStore } from '../../../src/jobs/submissions/submission-store.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from './fake-submission-api.ts';

const MADE = anApiJob({ jobid: aJobid(2), status: 'created' });

/** Notes which second steps are asked for. */
class TwoStepApi extends FakeSubmissionApi {
  readonly finished: { readonly jobid: string; readonly isLookOnly: boolean | undefined }[] = [];

  override readonly finishPress = async (jobid: string, request: FinishRequest): Promise<FinishResult> => {
    this.finished.push({ jobid, isLookOnly: request.isLookOnly });
    return { outcome: 'created', job: MADE };
  };
}

function aPress(): PressSubmission {
  const work = { kind: 'press', ref: 'parent', jobid: aJobid(1), label: 'Custom Zoom', childrenBefore: [] } as const;
  const who = { guildId: 'g1', userId: 'ann', askedAt: 1, turn: 1, hasWaited: false };
  return { id: 'a0123456789abcde', state: 'sending', ...who, work };
}

describe('a press in two steps', () => {
  const clock = new FakeClock();
  let sqlite: SqliteStore;
  let api: TwoStepApi;
  beforeEach(() => {
    sqlite = SqliteStore.open(':memory:');
    api = new TwoStepApi();
  });
  afterEach(() => sqlite.close());

  const submissionStore = () => new SubmissionStore(sqlite, clock);
  /** A process of the bot; nothing finds the press by its reference. */
  const live = () =>
    new SecondSteps({ api, submissionStore: submissionStore(), search: { findByReference: async () => 'not-found' } });

  async function readPress(): Promise<PressSubmission> {
    const stored = await submissionStore().get(aPress().id);
    if (stored === undefined || !isPressSubmission(stored)) throw new Error('The press was not stored.');
    return stored;
  }

  it('goes on at its second step after a crash, by what was stored before that was sent', async () => {
    await live().note(aPress(), aJobid(2));

    const finished = await live().finish(await readPress());

    expect(finished).toMatchObject({ outcome: 'created' });
    expect(api.finished).toEqual([{ jobid: aJobid(2), isLookOnly: false }]);
  });

  it('only looks where the same process may have sent the second step', async () => {
    const life = live();
    await life.note(aPress(), aJobid(2));

    await life.finish(await readPress());

    expect(api.finished).toEqual([{ jobid: aJobid(2), isLookOnly: true }]);
  });

  it('leaves alone a press whose first step is not known to be taken', async () => {
    await submissionStore().put(aPress());

    expect(await live().finish(await readPress())).toBeUndefined();
    expect(api.finished).toEqual([]);
  });
});
