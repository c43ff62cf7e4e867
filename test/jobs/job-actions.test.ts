import { beforeEach, describe, expect, it } from 'vitest';
import { JobExpiredError, JobNotFoundError } from '../../src/backends/errors.ts';
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
    expect(notice).toContain('(404)');
    expect(tracker.liveJobs()).toHaveLength(1);
  });

  it('ends a running job that has expired', async () => {
    await actions.show(aJobid(), 'g1');
    api.unreadable.set(aJobid(), new JobExpiredError({ endpoint: 'GET job', status: 410 }));

    const { job, notice } = await actions.show(aJobid(), 'g1');

    expect(job.goneAt).toBeDefined();
    expect(notice).toContain('(410)');
    expect(tracker.liveJobs()).toEqual([]);
  });

  it('says that a cancel was refused of a job that goes on running', async () => {
    api.cancelJob = async () => ({ outcome: 'refused' });

    await expect(actions.cancel(aJobid(), 'g1')).rejects.toMatchObject({ code: 'cancel-refused' });
  });

  it('says what a job is that ended before its cancel, although the cancel was refused', async () => {
    api.cancelJob = async () => {
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
    api.cancelJob = async () => ({ outcome: 'accepted' });

    expect(cancelled.outcome).toBe('cancelled');
    expect((await actions.cancel(aJobid(2), 'g1')).outcome).toBe('asked');
  });

  it('asks for no cancel of a job that is over', async () => {
    api.set(aJobid(), { status: 'completed' });

    expect((await actions.cancel(aJobid(), 'g1')).outcome).toBe('already-over');
    expect(api.calls).not.toContain('cancel');
  });
});
