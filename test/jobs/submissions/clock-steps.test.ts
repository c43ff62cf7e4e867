import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { FakeSubmissionApi } from './fake-submission-api.ts';
import { SubmissionBot } from './submission-rig.ts';

const HOURS_2 = 7_200_000;
const SUBMIT = { prompt: 'a lighthouse', guildId: 'g1', userId: 'a', key: 'a1' };

describe('paid calls while the clock is set back', () => {
  let api: FakeSubmissionApi;
  let clock: FakeClock;
  let store: SqliteStore;
  let bot: SubmissionBot;

  beforeEach(() => {
    clock = new FakeClock();
    clock.step(HOURS_2);
    api = new FakeSubmissionApi();
    api.now = () => clock.rightNow();
    store = SqliteStore.open(':memory:');
    bot = new SubmissionBot(api, store, clock);
  });
  afterEach(async () => {
    bot.submissions.stop();
    await bot.submissions.whenIdle();
    await store.close();
  });

  function restart(): SubmissionBot {
    bot.submissions.stop();
    bot = new SubmissionBot(api, store, clock);
    return bot;
  }

  it.each([false, true])(
    'finds a submit whose answer was lost before, and sends it once (without its ref: %s)',
    async (forgets) => {
      api.forgetsReplyRef = forgets;
      api.fates = ['lost after'];
      await bot.submissions.prompts.submit(SUBMIT);

      clock.step(-HOURS_2);
      await clock.advance(10 * 60_000);
      await restart().submissions.recover();
      const outcome = await bot.submissions.prompts.submit(SUBMIT);

      expect(outcome).toMatchObject({ outcome: 'found', job: { prompt: 'a lighthouse', originGuildId: 'g1' } });
      expect(api.posts).toHaveLength(1);
    },
  );

  it('does not take a job for the lost one that ran long before', async () => {
    api.forgetsReplyRef = true;
    api.put(anApiJob({ jobid: aJobid(1), prompt: SUBMIT.prompt, createdAt: clock.rightNow() - 90 * 60_000 }));
    api.fates = ['lost before'];
    await bot.submissions.prompts.submit(SUBMIT);

    clock.step(-HOURS_2);
    await restart().submissions.recover();
    const outcome = await bot.submissions.prompts.submit(SUBMIT);

    expect(outcome).toMatchObject({ outcome: 'may-be-running' });
    expect(api.posts).toHaveLength(1);
  });

  it('serves the waiting line on time', async () => {
    api.fates = ['busy'];
    await bot.submissions.prompts.submit(SUBMIT);
    await clock.advance(1_000);

    clock.step(-HOURS_2);
    await clock.advance(60_000);

    expect(api.made).toHaveLength(1);
  });
});
