import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RunningList } from '../../../src/backends/api-job.ts';
import type { Submission } from '../../../src/jobs/submissions/submission.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from './fake-submission-api.ts';
import { SubmissionBot } from './submission-rig.ts';

const SILENT = 'own-2s-t0/v3';
const clock = new FakeClock();

/** An API at which one account may never answer. */
class SilentApi extends FakeSubmissionApi {
  isSilent = true;

  override listRunning(board: string): Promise<RunningList> {
    return this.isSilent && board === SILENT ? new Promise(() => undefined) : super.listRunning(board);
  }
}

let store: SqliteStore;
let api: SilentApi;
let bot: SubmissionBot;

beforeEach(async () => {
  store = SqliteStore.open(':memory:');
  api = new SilentApi();
  bot = new SubmissionBot(api, store, clock, 'v3', { isApart: (board) => board === SILENT });
  for (let n = 0; n < 4; n += 1) await bot.submissionStore.put(aLost(`a00000000000000${n}`, SILENT));
  await bot.submissionStore.put(aLost('affffffffffffff9', 'v3'));
});
afterEach(() => store.close());

function aLost(id: string, board: string): Submission {
  const work = { kind: 'submit', prompt: 'a lighthouse', board } as const;
  const now = clock.now();
  return { id, state: 'sending', guildId: 'g1', userId: 'u1', askedAt: now, turn: 1, hasWaited: false, work };
}

it('starts although a server’s own account does not say what became of what it was sent', async () => {
  api.put(anApiJob({ jobid: aJobid(), replyRef: 'affffffffffffff9', prompt: 'a lighthouse' }));

  await bot.submissions.recover();

  expect((await bot.submissionStore.get('affffffffffffff9'))?.state).toBe('done');
});

it('looks again for what another account made while one does not answer', async () => {
  api.isSilent = false;
  await bot.submissions.recover();
  await bot.submissions.whenIdle();
  api.isSilent = true;
  const found = Promise.withResolvers<string>();
  bot.submissions.runner.onFound(({ id }) => found.resolve(id));
  bot.submissions.runner.lookAgain(SILENT);
  api.put(anApiJob({ jobid: aJobid(), replyRef: 'affffffffffffff9', prompt: 'a lighthouse' }));

  bot.submissions.runner.lookAgain('v3');

  expect(await found.promise).toBe('affffffffffffff9');
});

it('looks no more for what was lost at an account that is gone, and tells who asked', async () => {
  let isGone = false;
  api.isSilent = false;
  const isDropped = (board: string) => isGone && board === SILENT;
  const dropping = new SubmissionBot(api, store, clock, 'v3', { isDropped });
  const told: string[] = [];
  dropping.submissions.onOutcome(async ({ id }, result) => {
    told.push(`${id} ${result.outcome === 'failed' ? result.error.code : result.outcome}`);
  });
  await dropping.submissions.recover();
  await dropping.submissions.whenIdle();
  told.length = 0;
  isGone = true;

  await dropping.submissions.endLost((board) => board === SILENT);
  await dropping.submissions.whenIdle();

  expect(told.sort()).toEqual([0, 1, 2, 3].map((n) => `a00000000000000${n} account-removed`));
  expect((await dropping.submissionStore.pending()).map(({ submission }) => submission.id)).toEqual([
    'affffffffffffff9',
  ]);
});
