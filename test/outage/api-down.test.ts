import { beforeEach, describe, expect, it } from 'vitest';
import { aJobid, anApiJob } from '../builders.ts';
import { MINUTE_MS, POLL_MS, WatcherRig } from '../jobs/watcher-rig.ts';

const JOBS = 12;
const HOURS_MS = 120 * MINUTE_MS;
const MAX_BACKOFF_MS = 5 * MINUTE_MS;

describe('while the API is down for two hours', () => {
  let rig: WatcherRig;
  let triedAt: number[];

  beforeEach(async () => {
    // A fixed row of numbers in place of chance, so that waits differ and the test does not.
    const numbers = Array.from({ length: 200 }, (_, n) => ((n * 7) % 10) / 10);
    rig = new WatcherRig({ random: () => numbers.pop() ?? 0 });
    triedAt = [];
    const { api, clock } = rig;
    const list = api.listRunning.bind(api);
    api.listRunning = (board) => {
      if (board === 'v3') triedAt.push(clock.now());
      return list(board);
    };
    api.put(...Array.from({ length: JOBS }, (_, n) => anApiJob({ jobid: aJobid(n) })));
    await rig.tick(2);
  });

  /** Two hours of ticks in which one job after the other ends unseen. */
  async function beDown(): Promise<void> {
    rig.api.isDown = true;
    triedAt.length = 0;
    for (let n = 0; n < JOBS - 2; n += 1) {
      rig.api.set(aJobid(n), { status: n % 2 === 0 ? 'completed' : 'failed' });
      await rig.tickFor(HOURS_MS / (JOBS - 2));
    }
    rig.api.isDown = false;
  }

  it('tries less and less often, never in step, and asks for no job', async () => {
    const before = rig.reads();
    await beDown();

    const waits = triedAt.slice(1).map((at, index) => at - (triedAt[index] ?? 0));
    expect(waits.slice(0, 2)).toEqual([POLL_MS, POLL_MS]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(MAX_BACKOFF_MS + POLL_MS);
    const settled = waits.slice(8);
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(MAX_BACKOFF_MS / 2);
    expect(new Set(settled).size).toBeGreaterThan(2);
    expect(triedAt.length).toBeLessThanOrEqual(60);
    expect(triedAt.length).toBeGreaterThanOrEqual(HOURS_MS / (MAX_BACKOFF_MS + POLL_MS));
    expect(rig.reads()).toBe(before);
  });

  it('says since the first failure that the API cannot be reached, to the end', async () => {
    const downAt = rig.clock.now();
    await beDown();

    expect(rig.health.outages()).toMatchObject([
      { board: 'v3', unreachableSince: downAt },
      { board: 'v2', unreachableSince: downAt },
    ]);
    await rig.tickFor(MAX_BACKOFF_MS + POLL_MS);
    expect(rig.health.outages()).toEqual([]);
  });

  it('reports every end once as soon as it is back, with one read for each job that ended', async () => {
    await beDown();
    expect(rig.notified).toEqual(Array.from({ length: JOBS }, () => 'started'));
    const before = rig.reads();

    await rig.tickFor(MAX_BACKOFF_MS + POLL_MS);

    const ends = rig.notified.slice(JOBS);
    expect(ends.filter((event) => event === 'completed')).toHaveLength((JOBS - 2) / 2);
    expect(ends.filter((event) => event === 'failed')).toHaveLength((JOBS - 2) / 2);
    expect(ends).toHaveLength(JOBS - 2);
    expect(rig.tracker.liveJobs().map((job) => job.jobid)).toEqual([aJobid(JOBS - 2), aJobid(JOBS - 1)]);
    // The two that still run have not changed for an hour and are looked at too.
    expect(rig.reads() - before).toBeLessThanOrEqual(JOBS);
  });
});
