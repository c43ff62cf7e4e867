import { beforeEach, describe, expect, it } from 'vitest';
import { aJobid, anApiJob } from '../builders.ts';
import { MINUTE_MS, WatcherRig } from './watcher-rig.ts';

describe('JobWatcher', () => {
  let rig: WatcherRig;

  beforeEach(() => {
    rig = new WatcherRig();
  });

  it('makes at most T × boards + 2N calls for N jobs over T ticks', async () => {
    rig.api.put(...Array.from({ length: 20 }, (_, n) => anApiJob({ jobid: aJobid(n) })));

    await rig.tick(10);
    for (const jobid of rig.api.jobs.keys()) rig.api.set(jobid, { status: 'completed' });
    await rig.tick(10);

    expect(rig.notified.filter((event) => event === 'completed')).toHaveLength(20);
    expect(rig.lists()).toBe(20 * 2);
    expect(rig.reads()).toBe(2 * 20);
  });

  it('reads the progress of a running job only while somebody looks at it', async () => {
    rig.api.put(anApiJob());
    await rig.tick();
    const [job] = rig.tracker.liveJobs();

    await rig.tick(3);
    expect(rig.reads()).toBe(1);
    rig.live.add(job?.ref ?? '');
    await rig.tick(3);

    expect(rig.reads()).toBe(4);
  });

  it('catches up with what ended while the API was down', async () => {
    rig.api.put(anApiJob());
    await rig.tick();
    rig.api.isDown = true;
    await rig.tick(3);
    expect(rig.health.outages().map((outage) => outage.board)).toEqual(['v3', 'v2']);

    rig.api.isDown = false;
    rig.api.set(aJobid(), { status: 'completed' });
    await rig.clock.advance(5 * MINUTE_MS);
    await rig.tick();

    expect(rig.notified).toEqual(['started', 'completed']);
    expect(rig.health.outages()).toEqual([]);
  });

  it('follows a list as soon as it is there, although another does not come', async () => {
    rig.api.put(anApiJob());
    const { promise: never, resolve } = Promise.withResolvers<never[]>();
    const list = rig.api.listRunning.bind(rig.api);
    rig.api.listRunning = async (board) => {
      if (board === 'v2') await never;
      return list(board);
    };
    const started = new Promise<void>((done) => rig.tracker.onTransition(async () => done()));

    const ticking = rig.watcher.tick();
    await started;
    resolve([]);
    await ticking;

    expect(rig.notified).toEqual(['started']);
  });

  it('asks an API that stays down less and less often', async () => {
    rig.api.isDown = true;

    await rig.tick(4 * 60);

    expect(rig.lists()).toBeGreaterThan(20);
    expect(rig.lists()).toBeLessThan(60);
  });

  it('reads a job that left the list until it is final', async () => {
    rig.api.put(anApiJob());
    await rig.tick();
    rig.api.set(aJobid(), { status: 'pondering' });
    await rig.tick(3);

    rig.api.set(aJobid(), { status: 'completed' });
    await rig.tick();

    expect(rig.notified).toEqual(['started', 'completed']);
  });

  it('follows jobs of a board that is not listed', async () => {
    rig = new WatcherRig({ boards: ['v3'] });
    const v2 = {
      jobid: 'job:20251023141520123-user:1-channel:1234567890123456789-bot:midjourney',
      board: 'v2' as const,
    };
    rig.api.put(anApiJob(v2));
    await rig.tracker.observe(anApiJob(v2));
    await rig.tick(2);
    expect(rig.api.calls).toEqual(['list v3', 'read', 'list v3', 'read']);

    rig.api.set(v2.jobid, { status: 'completed' });
    await rig.tick(3);

    expect(rig.notified).toEqual(['started', 'completed']);
    expect(rig.reads()).toBe(3);
  });

  it('leaves boards that are apart to their own looks, whose slow reads hold up no tick', async () => {
    rig = new WatcherRig({ isApart: (board) => board === 'v2' });
    rig.api.put(anApiJob());
    await rig.tick();
    expect(rig.api.calls).toEqual(['list v3', 'read']);

    const { promise: never, resolve } = Promise.withResolvers<void>();
    const read = rig.api.readJob.bind(rig.api);
    const v2 = 'job:20251023141520123-user:1-channel:1234567890123456789-bot:midjourney';
    rig.api.put(anApiJob({ jobid: v2, board: 'v2' }));
    rig.api.readJob = async (jobid) => {
      if (jobid === v2) await never;
      return read(jobid);
    };
    const look = rig.watcher.look(['v2'], 'apart');
    rig.api.set(aJobid(), { status: 'completed' });
    await rig.tick();

    expect(rig.notified).toEqual(['started', 'completed']);
    resolve();
    await look;
    expect(rig.tracker.liveIds('v2')).toEqual([v2]);
  });

  it('does not let one job that cannot be stored stop the others', async () => {
    rig.api.put(anApiJob({ jobid: aJobid(1) }), anApiJob({ jobid: aJobid(2) }));
    let failures = 0;
    rig.tracker.onTransition(async ({ job }) => {
      if (job.jobid !== aJobid(1) || failures > 0) return;
      failures += 1;
      throw new Error('disk full');
    });

    await expect(rig.watcher.tick()).rejects.toThrow('disk full');
    await rig.watcher.tick();

    expect(rig.notified.filter((event) => event === 'started').length).toBeGreaterThanOrEqual(2);
    expect(rig.tracker.liveJobs().every((job) => job.isRead)).toBe(true);
  });
});
