import { beforeEach, describe, expect, it } from 'vitest';
import { ServerError } from '../../src/backends/backend-errors.ts';
import { aJobid, anApiJob } from '../builders.ts';
import { MINUTE_MS, WatcherRig } from './watcher-rig.ts';

describe('JobWatcher and jobs that do not change', () => {
  let rig: WatcherRig;

  beforeEach(() => {
    rig = new WatcherRig();
  });

  it('says once that contact is lost, and still reports the end', async () => {
    rig.api.put(anApiJob());
    await rig.tickFor(70 * MINUTE_MS);
    expect(rig.lost).toHaveLength(1);

    rig.api.set(aJobid(), { status: 'failed' });
    await rig.tickFor(11 * MINUTE_MS);

    expect(rig.lost).toHaveLength(1);
    expect(rig.notified).toEqual(['started', 'failed']);
  });

  it('reads a listed job with which contact was lost every ten minutes, and at once when it leaves the list', async () => {
    rig.api.put(anApiJob());
    await rig.tickFor(61 * MINUTE_MS);
    const before = rig.reads();
    await rig.tickFor(30 * MINUTE_MS);
    expect(rig.reads() - before).toBe(3);

    rig.api.set(aJobid(), { status: 'pondering' });
    await rig.tick();
    expect(rig.reads() - before).toBe(4);
    rig.api.set(aJobid(), { status: 'completed' });
    await rig.tick();

    expect(rig.notified).toEqual(['started', 'completed']);
  });

  it('reads a job of unknown status with which contact was lost every ten minutes', async () => {
    rig.api.put(anApiJob({ status: 'pondering' }));
    await rig.tracker.observe(anApiJob({ status: 'pondering' }));
    await rig.tickFor(70 * MINUTE_MS);
    const before = rig.reads();

    await rig.tickFor(60 * MINUTE_MS);

    expect(rig.lost).toHaveLength(1);
    expect(rig.reads() - before).toBeLessThanOrEqual(6);
  });

  it('takes back that contact was lost when the job moves on', async () => {
    rig.api.put(anApiJob());
    await rig.tickFor(61 * MINUTE_MS);
    expect(rig.tracker.liveJobs()[0]?.lostContactAt).toBeDefined();

    rig.api.set(aJobid(), { progressPercent: 50 });
    await rig.tickFor(11 * MINUTE_MS);

    expect(rig.tracker.liveJobs()).toHaveLength(1);
    expect(rig.tracker.liveJobs()[0]?.lostContactAt).toBeUndefined();
  });

  it('loses contact with a job that was never read', async () => {
    rig.api.put(anApiJob());
    rig.api.unreadable.set(aJobid(), new ServerError({ endpoint: 'GET job', status: 500 }));

    await rig.tickFor(70 * MINUTE_MS);

    expect(rig.lost).toHaveLength(1);
  });

  it('does not lose contact with a job that goes on changing', async () => {
    rig.api.put(anApiJob({ progressPercent: 1 }));
    for (let n = 2; n < 6; n += 1) {
      await rig.tickFor(55 * MINUTE_MS);
      rig.api.set(aJobid(), { progressPercent: n });
    }

    expect(rig.lost).toEqual([]);
  });
});
