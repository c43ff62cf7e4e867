import { beforeEach, describe, expect, it } from 'vitest';
import { GuildReads } from '../../src/jobs/guild-reads.ts';
import { JobActions } from '../../src/jobs/job-actions.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { JobStore } from '../../src/jobs/job-store.ts';
import { JobTracker } from '../../src/jobs/job-tracker.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeJobApi } from './fake-job-api.ts';

const LIMIT = { deadlineMs: 10_000 };

describe('GuildReads', () => {
  const clock = new FakeClock();
  const readJob = async () => anApiJob();

  it('lets a server look up so many in a minute, and others as many', async () => {
    const { read } = new GuildReads({ api: { readJob }, clock, perMinute: 3 });
    const ask = (guildId: string) => read(guildId, aJobid(), LIMIT);
    for (let n = 0; n < 3; n += 1) await ask('busy');
    await clock.advance(15_000);

    await expect(ask('busy')).rejects.toMatchObject({ code: 'backend-read-limit', retryAfterMs: 45_000 });
    await ask('quiet');
    await clock.advance(45_000);

    expect(await ask('busy')).toBeDefined();
  });

  it('reads for another server at once while one waits for very many', async () => {
    const asked: string[] = [];
    const gate = Promise.withResolvers<void>();
    const held = async (jobid: string) => {
      asked.push(jobid);
      if (jobid.startsWith('busy')) await gate.promise;
      return anApiJob();
    };
    const { read } = new GuildReads({ api: { readJob: held }, clock, perMinute: 100 });
    const flood = Array.from({ length: 50 }, (_, n) => read('busy', `busy${n}`, LIMIT));

    await read('quiet', 'quiet', LIMIT);

    expect(asked).toHaveLength(9);
    gate.resolve();
    await Promise.all(flood);
    expect(asked).toHaveLength(51);
  });

  it('gives up a wait for a turn at the deadline', async () => {
    const never = () => new Promise<never>(() => undefined);
    const { read } = new GuildReads({ api: { readJob: never }, clock, perMinute: 100 });
    for (let n = 0; n < 8; n += 1) void read('busy', aJobid(), { deadlineMs: 60_000 });

    const late = read('busy', aJobid(), LIMIT).catch((thrown: unknown) => thrown);
    await clock.advance(10_000);

    expect(await late).toMatchObject({ code: 'backend-timed-out' });
  });
});

describe('jobs that a server looks up', () => {
  let api: FakeJobApi;
  let actions: JobActions;

  beforeEach(() => {
    api = new FakeJobApi();
    const clock = new FakeClock();
    const store = new JobStore(SqliteStore.open(':memory:'));
    const tracker = new JobTracker({ store, index: new JobIndex(), clock, logger: silentLogger });
    const { read } = new GuildReads({ api, clock, perMinute: 2 });
    actions = new JobActions({ api, read, store, tracker });
    api.put(anApiJob());
  });

  it('are refused in one sentence beyond the limit, without a call', async () => {
    for (let n = 0; n < 2; n += 1) await actions.show(aJobid(), 'g1');
    const calls = api.calls.length;

    await expect(actions.show(aJobid(), 'g1')).rejects.toThrow(
      'This server has looked up too many jobs in a minute. Try again in 60 s.',
    );

    expect(api.calls).toHaveLength(calls);
    expect((await actions.show(aJobid(), 'g2')).job.jobid).toBe(aJobid());
  });

  it('can be cancelled all the same', async () => {
    let cancelled = '';
    api.cancel = async (jobid) => {
      cancelled = jobid;
      return { outcome: 'accepted' };
    };
    for (let n = 0; n < 2; n += 1) await actions.show(aJobid(), 'g1');

    expect(await actions.cancel(aJobid(), 'g1')).toMatchObject({ outcome: 'asked' });
    expect(cancelled).toBe(aJobid());
  });
});
