import { beforeEach, describe, expect, it } from 'vitest';
import { JobExpiredError, JobNotFoundError } from '../../src/backends/backend-errors.ts';
import { JobActions } from '../../src/jobs/job-actions.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { JobStore } from '../../src/jobs/job-store.ts';
import { JobTracker } from '../../src/jobs/job-tracker.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeJobApi } from './fake-job-api.ts';

describe('JobActions', () => {
  let api: FakeJobApi;
  let tracker: JobTracker;
  let actions: JobActions;

  beforeEach(() => {
    api = new FakeJobApi();
    const store = new JobStore(SqliteStore.open(':memory:'));
    tracker = new JobTracker({ store, index: new JobIndex(), clock: new FakeClock(), logger: silentLogger });
    actions = new JobActions({ api, store, tracker });
    api.put(anApiJob());
  });

  it('leaves a running job running that the API does not find for once, and says so', async () => {
    await actions.show(aJobid(), 'g1');
    api.unreadable.set(aJobid(), new JobNotFoundError({ endpoint: 'GET job', status: 404 }));

    const { job, notice } = await actions.show(aJobid(), 'g1');

    expect(job).not.toHaveProperty('goneAt');
    expect(notice).toContain('doesn’t know this job');
    expect(tracker.liveJobs()).toHaveLength(1);
  });

  it('asks no account of another server, so that its job is as unknown as any', async () => {
    const store = new JobStore(SqliteStore.open(':memory:'));
    const options = { api, store, tracker, isOpenTo: (board: string) => board === 'v3' };
    const guarded = new JobActions(options);
    const ids = ['lab/1700000000000123', 'nobody/1700000000000123', 'hello'];

    const answers = await Promise.all(ids.map((id) => guarded.show(id, 'g1').catch((thrown: Error) => thrown.message)));

    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('no such job');
    expect(api.calls).toEqual([]);
  });

  it('says of an unknown job that it may show up later, in a server that waits for an answer and in no other', async () => {
    const store = new JobStore(SqliteStore.open(':memory:'));
    const waiting = new JobActions({ api, store, tracker, hasUnanswered: (guildId) => guildId === 'g1' });
    const ask = (guildId: string) => waiting.show('zzzzzz0', guildId).catch((thrown: Error) => thrown.message);

    const answers = [await ask('g1'), await ask('g2')];

    expect(answers).toEqual([expect.stringContaining('10 minutes'), expect.stringContaining('no such job')]);
  });

  it('names the account that does not answer, where the server has several', async () => {
    const store = new JobStore(SqliteStore.open(':memory:'));
    const named = new JobActions({ api, store, tracker, accounts: { nameIn: () => 'Studio' } });
    api.unreadable.set(aJobid(), new JobNotFoundError({ endpoint: 'GET job', status: 404 }));

    await expect(named.show(aJobid(), 'g1')).rejects.toThrow('The API of Studio doesn’t know this job.');
    await expect(actions.show(aJobid(), 'g1')).rejects.toThrow('The API doesn’t know this job.');
  });

  it('ends a running job that has expired', async () => {
    await actions.show(aJobid(), 'g1');
    api.unreadable.set(aJobid(), new JobExpiredError({ endpoint: 'GET job', status: 410 }));

    const { job, notice } = await actions.show(aJobid(), 'g1');

    expect(job.goneAt).toBeDefined();
    expect(notice).toContain('has expired');
    expect(tracker.liveJobs()).toEqual([]);
  });

  it('says that a cancel was refused of a job that goes on running', async () => {
    api.cancel = async () => ({ outcome: 'refused' });

    await expect(actions.cancel(aJobid(), 'g1')).rejects.toMatchObject({ code: 'cancel-refused' });
  });

  it('says what a job is that ended before its cancel, although the cancel was refused', async () => {
    api.cancel = async () => {
      api.set(aJobid(), { status: 'completed' });
      return { outcome: 'refused' };
    };

    expect(await actions.cancel(aJobid(), 'g1')).toMatchObject({
      outcome: 'already-over',
      job: { status: 'completed' },
    });
  });

  it('says that a job was cancelled, or was asked to stop where it does not say so yet', async () => {
    const cancelled = await actions.cancel(aJobid(), 'g1');
    api.put(anApiJob({ jobid: aJobid(2) }));
    api.cancel = async () => ({ outcome: 'accepted' });

    expect(cancelled.outcome).toBe('cancelled');
    expect((await actions.cancel(aJobid(2), 'g1')).outcome).toBe('asked');
  });

  it('asks for no cancel of a job that is over', async () => {
    api.set(aJobid(), { status: 'completed' });

    expect((await actions.cancel(aJobid(), 'g1')).outcome).toBe('already-over');
    expect(api.calls).not.toContain('cancel');
  });
});
