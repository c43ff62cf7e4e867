import { afterEach, describe, expect, it, vi } from 'vitest';
import { JobStore } from '../../src/jobs/job-store.ts';
import { SqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { aJob, aJobid } from '../builders.ts';

const DAY_MS = 86_400_000;

describe('JobStore', () => {
  afterEach(() => vi.useRealTimers());

  it('keeps jobs, what runs, relatives and children for 62 days', async () => {
    // How old a stored value is, Keyv reads off the machine's own clock.
    vi.useFakeTimers({ toFake: ['Date'] });
    const setAt = Date.now();
    const jobs = new JobStore(SqliteStore.open(':memory:'));
    const job = aJob();
    await jobs.set(job);
    await jobs.markRunning(job);
    await jobs.rememberIds([aJobid(2)]);
    await jobs.noteChild(job.jobid, { jobid: aJobid(2) });
    const kept = async () => [
      (await jobs.get(job.ref)) !== undefined,
      (await Array.fromAsync(jobs.running())).length > 0,
      (await jobs.childrenOf(job.jobid)).length > 0,
    ];

    vi.setSystemTime(setAt + 62 * DAY_MS - 1_000);
    const before = await kept();
    vi.setSystemTime(setAt + 62 * DAY_MS + 1_000);

    expect(before).toEqual([true, true, true]);
    expect(await kept()).toEqual([false, false, false]);
  });
});
