import { beforeEach, describe, expect, it } from 'vitest';
import { ApiHealth } from '../../src/jobs/api-health.ts';
import { JobIndex } from '../../src/jobs/job-index.ts';
import { JobStore } from '../../src/jobs/job-store.ts';
import { JobTracker } from '../../src/jobs/job-tracker.ts';
import { JobWatcher } from '../../src/jobs/job-watcher.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { Store } from '../../src/storage/store.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { FakeClock } from '../fake-clock.ts';
import { FakeJobApi } from './fake-job-api.ts';

const POLL_MS = 15_000;
const MINUTE_MS = 60_000;

describe('JobWatcher', () => {
  let api: FakeJobApi;
  let clock: FakeClock;
  let tracker: JobTracker;
  let health: ApiHealth;
  let watcher: JobWatcher;
  let told: string[];
  let lost: string[];
  let live: Set<string>;

  beforeEach(() => {
    api = new FakeJobApi();
    clock = new FakeClock();
    api.now = () => clock.now();
    const store = new JobStore(Store.open(':memory:'));
    tracker = new JobTracker({ store, index: new JobIndex(), clock, logger: silentLogger });
    health = new ApiHealth({ pollIntervalMs: POLL_MS, random: () => 0 });
    told = [];
    lost = [];
    live = new Set();
    tracker.onTransition(async ({ event }) => void told.push(event));
    watcher = new JobWatcher({
      api,
      tracker,
      health,
      versions: ['v3', 'v2'],
      clock,
      logger: silentLogger,
    });
    watcher.readLive((ref) => live.has(ref));
    watcher.onLostContact(async (job) => void lost.push(job.ref));
  });

  async function tick(times = 1): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      await watcher.tick();
      await clock.advance(POLL_MS);
    }
  }

  const reads = () => api.calls.filter((call) => call === 'read').length;
  const lists = () => api.calls.length - reads();

  it('makes at most T × versions + 2N calls for N jobs over T ticks', async () => {
    api.put(...Array.from({ length: 20 }, (_, n) => anApiJob({ jobid: aJobid(n) })));

    await tick(10);
    for (const jobid of api.jobs.keys()) api.set(jobid, { status: 'completed' });
    await tick(10);

    expect(told.filter((event) => event === 'completed')).toHaveLength(20);
    expect(lists()).toBe(20 * 2);
    expect(reads()).toBe(2 * 20);
  });

  it('reads the progress of a running job only while somebody looks at it', async () => {
    api.put(anApiJob());
    await tick();
    const [job] = tracker.liveJobs();

    await tick(3);
    expect(reads()).toBe(1);
    live.add(job?.ref ?? '');
    await tick(3);

    expect(reads()).toBe(4);
  });

  it('catches up with what ended while the API was down', async () => {
    api.put(anApiJob());
    await tick();
    api.isDown = true;
    await tick(3);
    expect(health.outages().map((outage) => outage.version)).toEqual(['v3', 'v2']);

    api.isDown = false;
    api.set(aJobid(), { status: 'completed' });
    await clock.advance(5 * MINUTE_MS);
    await tick();

    expect(told).toEqual(['started', 'completed']);
    expect(health.outages()).toEqual([]);
  });

  it('asks an API that stays down less and less often', async () => {
    api.isDown = true;

    await tick(4 * 60);

    expect(lists()).toBeGreaterThan(20);
    expect(lists()).toBeLessThan(60);
  });

  it('ends a job that left the list and is gone', async () => {
    api.put(anApiJob());
    await tick();
    api.jobs.clear();

    await tick();

    expect(tracker.liveJobs()).toEqual([]);
    expect(told).toEqual(['started']);
  });

  it('reads a job that left the list until it is final', async () => {
    api.put(anApiJob());
    await tick();
    api.set(aJobid(), { status: 'pondering' });
    await tick(3);

    api.set(aJobid(), { status: 'completed' });
    await tick();

    expect(told).toEqual(['started', 'completed']);
  });

  it('says once that contact is lost, and still tells the end', async () => {
    api.put(anApiJob());
    await tick((70 * MINUTE_MS) / POLL_MS);
    expect(lost).toHaveLength(1);

    api.set(aJobid(), { status: 'failed' });
    await tick((11 * MINUTE_MS) / POLL_MS);

    expect(lost).toHaveLength(1);
    expect(told).toEqual(['started', 'failed']);
  });

  it('does not lose contact with a job that goes on changing', async () => {
    api.put(anApiJob({ progressPercent: 1 }));
    for (let n = 2; n < 6; n += 1) {
      await tick((55 * MINUTE_MS) / POLL_MS);
      api.set(aJobid(), { progressPercent: n });
    }

    expect(lost).toEqual([]);
  });

  it('does not let one job that cannot be stored stop the others', async () => {
    api.put(anApiJob({ jobid: aJobid(1) }), anApiJob({ jobid: aJobid(2) }));
    let failures = 0;
    tracker.onTransition(async ({ job }) => {
      if (job.jobid !== aJobid(1) || failures > 0) return;
      failures += 1;
      throw new Error('disk full');
    });

    await expect(watcher.tick()).rejects.toThrow('disk full');
    await watcher.tick();

    expect(told.filter((event) => event === 'started').length).toBeGreaterThanOrEqual(2);
    expect(tracker.liveJobs().every((job) => job.isRead)).toBe(true);
  });
});
