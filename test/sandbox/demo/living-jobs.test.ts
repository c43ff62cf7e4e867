import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LivingJobs } from '../../../sandbox/demo/living-jobs.ts';
import { isRunning } from '../../../sandbox/midjourney/sandbox-job.ts';
import { FakeClock } from '../../fake-clock.ts';
import { startApi, type TestApi } from '../useapi/start-api.ts';

let clock: FakeClock;
let api: TestApi;
let jobs: LivingJobs;
let started: number;

beforeEach(async () => {
  clock = new FakeClock();
  started = 0;
  api = await startApi({ clock, speed: 1 });
  jobs = new LivingJobs(api.world, () => {
    started += 1;
  });
});
afterEach(async () => {
  jobs.setWatched(false);
  await api.close();
});

describe('jobs of a world that lives', () => {
  it('begin now and then while somebody looks, so that one always moves', async () => {
    const running: number[] = [];

    jobs.setWatched(true);
    for (let at = 0; at < 60; at += 1) {
      await clock.advance(10_000);
      running.push(api.world.list().filter(isRunning).length);
    }

    expect(Math.min(...running)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...running)).toBeLessThanOrEqual(2);
    expect(started).toBe(api.world.list().length);
    expect(started).toBeLessThanOrEqual(13);
    expect(new Set(api.world.list().map(({ prompt }) => prompt)).size).toBeGreaterThan(6);
  });

  it('do not begin where nobody looks, or looks any more', async () => {
    await clock.advance(60_000);
    const before = started;
    jobs.setWatched(true);
    jobs.setWatched(false);
    await clock.advance(600_000);

    expect([before, started]).toEqual([0, 1]);
  });

  it('leave those that move by themselves alone', async () => {
    api.world.startJob({ prompt: 'somebody’s own' });

    jobs.setWatched(true);
    await clock.advance(20_000);

    expect(started).toBe(0);
  });

  it('do not begin in a world that stands still, nor hurry where it is fast', async () => {
    api.world.setSpeed(0);
    jobs.setWatched(true);
    await clock.advance(60_000);
    const inStandStill = started;

    api.world.setSpeed(60);
    await clock.advance(60_000);

    expect(inStandStill).toBe(0);
    expect(started).toBeLessThanOrEqual(4);
    expect(started).toBeGreaterThanOrEqual(2);
  });
});
