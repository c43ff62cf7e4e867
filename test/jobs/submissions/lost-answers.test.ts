import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toJobRef } from '../../../src/jobs/job-ref.ts';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from './fake-submission-api.ts';
import { SubmissionBot } from './submission-rig.ts';

const PARENT = aJobid(1);
const REF = toJobRef(PARENT);

/** An API whose records do not say which submit they came of: label, parent, prompt and time decide. */
describe('the search for a lost job without its replyRef', () => {
  let api: FakeSubmissionApi;
  let clock: FakeClock;
  let store: SqliteStore;
  let bot: SubmissionBot;

  beforeEach(async () => {
    clock = new FakeClock();
    api = new FakeSubmissionApi();
    api.now = () => clock.now();
    api.forgetsReplyRef = true;
    store = SqliteStore.open(':memory:');
    bot = new SubmissionBot(api, store, clock);
    api.put(anApiJob({ jobid: PARENT, status: 'completed', buttons: ['V1', 'V2'] }));
    await bot.tracker.observe(await api.readJob(PARENT));
  });
  afterEach(async () => {
    await bot.submissions.whenIdle();
    await store.close();
  });

  /** A child that somebody made elsewhere, of which the bot does not know. */
  function putChild(n: number, button: string, createdAt: number): void {
    const jobid = aJobid(n);
    api.put(anApiJob({ jobid, parentJobid: PARENT, button, createdAt, status: 'progress' }));
    api.set(PARENT, { children: [...(api.jobs.get(PARENT)?.children ?? []), { jobid, button }] });
  }

  it('owns a new job all the same', async () => {
    const outcome = await bot.press(REF, 'V1');

    expect(outcome).toMatchObject({ outcome: 'pressed', job: { originGuildId: 'g1', requestedBy: 'u1' } });
  });

  it('finds the child that the button made', async () => {
    putChild(7, 'V2', clock.now());
    api.fates = ['lost after'];

    const outcome = await bot.press(REF, 'V1');

    expect(outcome).toMatchObject({ outcome: 'found', job: { button: 'V1', originGuildId: 'g1' } });
  });

  it.each(['works', 'lost after'] as const)('knows what a job came from that does not say so (%s)', async (fate) => {
    api.forgetsParent = true;
    api.forgetsReplyRef = false;
    api.fates = [fate];

    const outcome = await bot.press(REF, 'V1');

    expect(outcome).toMatchObject({ job: { parentJobid: PARENT, button: 'V1' } });
    expect(await bot.jobs.childrenOf(PARENT)).toEqual([{ jobid: api.made[0]?.jobid, button: 'V1' }]);
  });

  it('takes no child for it that was there long before', async () => {
    putChild(7, 'V1', clock.now() - 3_600_000);
    api.fates = ['lost before'];

    const outcome = await bot.press(REF, 'V1');

    expect(outcome.outcome).toBe('may-be-running');
    expect((await bot.jobs.get(toJobRef(aJobid(7))))?.originGuildId).toBeUndefined();
  });

  it('finds a submit by its prompt', async () => {
    api.put(anApiJob({ jobid: aJobid(7), prompt: 'a dog', createdAt: clock.now() }));
    api.fates = ['lost after'];

    const wish = { prompt: 'a cat', guildId: 'g1', userId: 'u1', key: 'k' };
    const outcome = await bot.submissions.prompts.submit(wish);

    expect(outcome).toMatchObject({ outcome: 'found', job: { prompt: 'a cat' } });
  });
});
