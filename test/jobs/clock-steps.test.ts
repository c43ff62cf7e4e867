import { expect, it } from 'vitest';
import { ServerError } from '../../src/backends/backend-errors.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { MINUTE_MS, POLL_MS, WatcherRig } from './watcher-rig.ts';

const HOURS_2 = 120 * MINUTE_MS;

it('tries an API that fails again within five minutes, although the clock is set back', async () => {
  const rig = new WatcherRig();
  rig.clock.step(HOURS_2);
  rig.api.isDown = true;
  await rig.tickFor(20 * MINUTE_MS);

  rig.clock.step(-HOURS_2);
  rig.api.isDown = false;
  await rig.tickFor(5 * MINUTE_MS + POLL_MS);

  expect(rig.health.outages()).toEqual([]);
});

it('says that the API cannot be reached since a time that has been', async () => {
  const rig = new WatcherRig();
  rig.clock.step(HOURS_2);
  rig.api.isDown = true;
  await rig.tick();

  rig.clock.step(-HOURS_2);
  await rig.tickFor(5 * MINUTE_MS);

  for (const { unreachableSince } of rig.health.outages())
    expect(unreachableSince).toBeLessThanOrEqual(rig.clock.now());
});

it('reads a job again whose reads failed, within five minutes', async () => {
  const rig = new WatcherRig();
  rig.clock.step(HOURS_2);
  rig.api.put(anApiJob({ jobid: aJobid(1) }));
  rig.api.unreadable.set(aJobid(1), new ServerError({ endpoint: 'GET job', status: 500 }));
  await rig.tickFor(10 * MINUTE_MS);

  rig.clock.step(-HOURS_2);
  rig.api.unreadable.clear();
  await rig.tickFor(5 * MINUTE_MS + POLL_MS);

  expect(rig.notified).toEqual(['started']);
});

it('loses contact with a job that does not change an hour after the clock was set back, not at once and not later', async () => {
  const rig = new WatcherRig();
  rig.clock.step(HOURS_2);
  rig.api.put(anApiJob({ jobid: aJobid(1) }));
  await rig.tick(2);

  rig.clock.step(-HOURS_2);
  await rig.tick(4);
  const atOnce = rig.lost.length;
  await rig.tickFor(62 * MINUTE_MS);

  expect([atOnce, rig.lost.length]).toEqual([0, 1]);
});
