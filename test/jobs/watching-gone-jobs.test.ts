import { beforeEach, describe, expect, it } from 'vitest';
import { qualify } from '../../src/backends/accounts/job-ids.ts';
import { AccountGoneError, JobExpiredError, JobNotFoundError } from '../../src/backends/backend-errors.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { MINUTE_MS, WatcherRig } from './watcher-rig.ts';

describe('JobWatcher and jobs that cannot be found', () => {
  let rig: WatcherRig;

  beforeEach(() => {
    rig = new WatcherRig();
  });

  it('ends a job that left the list and is not found by two ticks', async () => {
    rig.api.put(anApiJob());
    await rig.tick();
    rig.api.jobs.clear();

    await rig.tick();
    const afterOne = rig.tracker.liveJobs().length;
    await rig.tick();

    expect(afterOne).toBe(1);
    expect(rig.tracker.liveJobs()).toEqual([]);
    expect(rig.notified).toEqual(['started']);
  });

  it('ends a job that left the list at the first word that it has expired', async () => {
    rig.api.put(anApiJob());
    await rig.tick();
    rig.api.jobs.clear();
    rig.api.unreadable.set(aJobid(), new JobExpiredError({ endpoint: 'GET job', status: 410 }));

    await rig.tick();

    expect(rig.tracker.liveJobs()).toEqual([]);
  });

  it('ends a job that turned up after its account was removed, and not one whose account is only closed', async () => {
    const [removed, closed] = ['own-2s-t0', 'own-2t-t0'].map((id) => qualify(id, aJobid()));
    rig = new WatcherRig({ isDropped: (board) => board === 'own-2s-t0/v3' });
    for (const jobid of [removed, closed].filter((id) => id !== undefined)) {
      await rig.tracker.observe(anApiJob({ jobid, board: jobid.replace(/\/.*/, '/v3') }));
      rig.api.unreadable.set(jobid, new AccountGoneError({ endpoint: 'readJob' }));
    }

    await rig.tick(3);

    expect(rig.tracker.liveJobs().map(({ jobid }) => jobid)).toEqual([closed]);
  });

  it.each([
    ['not found', new JobNotFoundError({ endpoint: 'GET job', status: 404 })],
    ['expired', new JobExpiredError({ endpoint: 'GET job', status: 410 })],
  ])('goes on with a listed job that a read calls %s', async (_name, trouble) => {
    rig.api.put(anApiJob());
    rig.api.unreadable.set(aJobid(), trouble);
    await rig.tick(3);
    expect(rig.tracker.liveJobs()).toHaveLength(1);

    rig.api.unreadable.clear();
    await rig.tick(3);
    rig.api.set(aJobid(), { status: 'completed' });
    await rig.tick();

    expect(rig.notified).toEqual(['started', 'completed']);
  });

  it('does not add up 404s of before and after a job was listed again', async () => {
    rig.api.put(anApiJob());
    await rig.tick();
    const live: number[] = [];
    for (let times = 0; times < 3; times += 1) {
      rig.api.jobs.clear();
      await rig.tick();
      live.push(rig.tracker.liveJobs().length);
      rig.api.put(anApiJob());
      await rig.tick();
    }

    expect(live).toEqual([1, 1, 1]);
  });

  it('takes up a job again that was taken for gone and is listed after all', async () => {
    rig.api.put(anApiJob());
    await rig.tick();
    rig.api.jobs.clear();
    await rig.tick(2);
    expect(rig.tracker.liveJobs()).toEqual([]);

    rig.api.put(anApiJob());
    await rig.tick();
    rig.api.set(aJobid(), { status: 'completed' });
    await rig.tick(2);

    expect(rig.notified).toEqual(['started', 'completed']);
  });

  it('reads a listed job that is never found less and less often, and at once when it leaves the list', async () => {
    rig.api.put(anApiJob());
    rig.api.unreadable.set(aJobid(), new JobNotFoundError({ endpoint: 'GET job', status: 404 }));
    await rig.tickFor(30 * MINUTE_MS);
    expect(rig.reads()).toBeGreaterThan(6);
    expect(rig.reads()).toBeLessThan(14);

    rig.api.unreadable.clear();
    rig.api.set(aJobid(), { status: 'completed' });
    await rig.tick();

    expect(rig.notified).toEqual(['completed']);
  });
});
