import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../../builders.ts';
import { FakeClock } from '../../fake-clock.ts';
import { ActingBot } from './acting-rig.ts';
import { FakeActApi } from './fake-act-api.ts';

const HOURS_2 = 7_200_000;
const SUBMIT = { prompt: 'a lighthouse', guildId: 'g1', userId: 'a', key: 'a1' };

describe('paid calls while the clock is set back', () => {
  let api: FakeActApi;
  let clock: FakeClock;
  let store: SqliteStore;
  let bot: ActingBot;

  beforeEach(() => {
    clock = new FakeClock();
    clock.step(HOURS_2);
    api = new FakeActApi();
    api.now = () => clock.rightNow();
    store = SqliteStore.open(':memory:');
    bot = new ActingBot(api, store, clock);
  });
  afterEach(async () => {
    bot.acting.stop();
    await bot.acting.whenIdle();
    await store.close();
  });

  function restart(): ActingBot {
    bot.acting.stop();
    bot = new ActingBot(api, store, clock);
    return bot;
  }

  it.each([false, true])(
    'finds a submit whose answer was lost before, and sends it once (without its ref: %s)',
    async (forgets) => {
      api.forgetsReplyRef = forgets;
      api.fates = ['lost after'];
      await bot.acting.submissions.submit(SUBMIT);

      clock.step(-HOURS_2);
      await clock.advance(10 * 60_000);
      await restart().acting.recover();
      const outcome = await bot.acting.submissions.submit(SUBMIT);

      expect(outcome).toMatchObject({ outcome: 'found', job: { prompt: 'a lighthouse', originGuildId: 'g1' } });
      expect(api.posts).toHaveLength(1);
    },
  );

  it('does not take a job for the lost one that ran long before', async () => {
    api.forgetsReplyRef = true;
    api.put(anApiJob({ jobid: aJobid(1), prompt: SUBMIT.prompt, createdAt: clock.rightNow() - 90 * 60_000 }));
    api.fates = ['lost before'];
    await bot.acting.submissions.submit(SUBMIT);

    clock.step(-HOURS_2);
    await restart().acting.recover();
    const outcome = await bot.acting.submissions.submit(SUBMIT);

    expect(outcome).toMatchObject({ outcome: 'may-be-running' });
    expect(api.posts).toHaveLength(1);
  });

  it('serves the waiting line on time', async () => {
    api.fates = ['busy'];
    await bot.acting.submissions.submit(SUBMIT);
    await clock.advance(1_000);

    clock.step(-HOURS_2);
    await clock.advance(60_000);

    expect(api.made).toHaveLength(1);
  });
});
