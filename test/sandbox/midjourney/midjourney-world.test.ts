import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxVersion } from '../../../sandbox/midjourney/sandbox-job.ts';
import { HeldClock, startApi, type TestApi } from '../useapi/start-api.ts';

let api: TestApi;
let clock: HeldClock;
afterEach(() => api.close());

async function startLive(speed: number): Promise<void> {
  clock = new HeldClock();
  api = await startApi({ clock, speed });
}

function statusOf(jobid: string): string | undefined {
  return api.world.find(jobid)?.status;
}

describe('time', () => {
  it.each(['v2', 'v3'] as const)('takes a %s job through its states to completion in 30 s', async (version) => {
    await startLive(1);
    const seen: string[] = [];
    api.world.onChange((job) => seen.push(job.progressPercent === undefined ? job.status : `${job.progressPercent}%`));
    const jobid = api.world.startJob({ version, prompt: 'a cat' });

    await clock.pass(29_999);
    const before = statusOf(jobid);
    await clock.pass(1);

    expect(before).toBe('progress');
    expect(statusOf(jobid)).toBe('completed');
    expect(seen.slice(0, 2)).toEqual(version === 'v2' ? ['started', '12%'] : ['created', 'started']);
    expect(seen.filter((step) => step.endsWith('%'))).toHaveLength(7);
  });

  it('moderates a prompt with a listed word after 2 to 5 s', async () => {
    await startLive(1);
    const jobs = Array.from({ length: 20 }, () => api.world.startJob({ prompt: 'Gore, please' }));
    const innocent = api.world.startJob({ prompt: 'Al Gorey in a wood' });

    await clock.pass(1999);
    const early = jobs.map(statusOf);
    await clock.pass(3001);

    expect(early).not.toContain('moderated');
    expect(new Set(jobs.map(statusOf))).toEqual(new Set(['moderated']));
    expect(statusOf(innocent)).toBe('progress');
  });

  it('applies a change of speed to running jobs', async () => {
    await startLive(1);
    const jobid = api.world.startJob({ prompt: 'a cat' });
    await clock.pass(15_000);

    api.world.setSpeed(10);
    await clock.pass(1499);
    const before = statusOf(jobid);
    await clock.pass(1);

    expect([before, statusOf(jobid)]).toEqual(['progress', 'completed']);
  });

  it('stands still at speed 0 and goes on afterwards', async () => {
    await startLive(0);
    const jobid = api.world.startJob({ prompt: 'a cat' });
    await clock.pass(1_000_000);
    const before = statusOf(jobid);

    api.world.setSpeed(1);
    await clock.pass(30_000);

    expect([before, statusOf(jobid)]).toEqual(['created', 'completed']);
  });

  it('keeps a stuck job in its slot, and a job that was ended by hand ended', async () => {
    await startLive(1);
    const stuck = api.world.startJob({ prompt: 'a cat' });
    const failed = api.world.startJob({ prompt: 'a dog' });

    api.world.advance(stuck, { to: 'stuck' });
    api.world.advance(failed, { to: 'failed', error: 'no' });
    await clock.pass(60_000);

    expect([statusOf(stuck), statusOf(failed)]).toEqual(['created', 'failed']);
    expect(api.world.running('v3').map(({ jobid }) => jobid)).toEqual([stuck]);
  });

  it('frees the slot of a dropped stream after 14 minutes', async () => {
    await startLive(1);
    const jobid = api.world.startJob({ prompt: 'a cat' });

    api.world.dropStream(jobid);
    await clock.pass(14 * 60_000 - 1);
    const before = statusOf(jobid);
    await clock.pass(1);

    expect([before, statusOf(jobid)]).toEqual(['created', 'failed']);
  });

  it('never takes progress back', async () => {
    await startLive(1);
    const jobid = api.world.startJob({ prompt: 'a cat' });
    api.world.advance(jobid, { to: 'progress', percent: 80 });
    const seen: (number | undefined)[] = [];
    api.world.onChange((job) => seen.push(job.progressPercent));

    await clock.pass(30_000);

    expect(seen).toEqual([87, undefined]);
  });
});

describe('steering', () => {
  it('refuses what cannot follow', async () => {
    api = await startApi();
    const jobid = api.world.startJob({ prompt: 'a cat' });
    api.world.advance(jobid, { to: 'completed' });

    expect(() => api.world.advance(jobid, { to: 'progress', percent: 3 })).toThrow(RangeError);
    expect(() => api.world.advance('nope', { to: 'started' })).toThrow(RangeError);
    expect(() => api.world.advance(jobid, { to: 'expired' })).not.toThrow();
  });

  it('stops calling a listener that has left', async () => {
    api = await startApi();
    const heard: string[] = [];
    const stop = api.world.onChange((job) => heard.push(job.status));
    const jobid = api.world.startJob({ prompt: 'a cat' });

    stop();
    api.world.advance(jobid, { to: 'completed' });

    expect(heard).toEqual(['created']);
  });

  it.each(['v2', 'v3'] as const)(
    'makes 10,000 running %s jobs with ids of their own',
    async (version: SandboxVersion) => {
      api = await startApi();

      const jobids = api.world.addRunningJobs(10_000, { version });
      const path = version === 'v2' ? '/v2/jobs' : '/v3/midjourney/jobs';
      const { body } = await api.call('GET', path);

      expect(new Set(jobids).size).toBe(10_000);
      expect(version === 'v2' ? body.length : body.total).toBe(10_000);
    },
  );

  it('gives ids of their own to jobs of the same millisecond', async () => {
    api = await startApi({ clock: new HeldClock() });

    const jobids = Array.from({ length: 50 }, (_, index) =>
      api.world.startJob({ version: index % 2 === 0 ? 'v2' : 'v3', prompt: 'x' }),
    );

    expect(new Set(jobids).size).toBe(50);
    expect(jobids[0]).toBe('job:20260102030405678-user:12345-channel:1122334455667788990-bot:midjourney');
    expect(jobids[1]).toMatch(/^j0102030405678\d{6}i-u12345-c1122334455667788990-bot:midjourney$/);
    expect([jobids[0]?.length, jobids[1]?.length]).toEqual([75, 64]);
  });

  it('marks videos and jobs without a type in v3 ids', async () => {
    api = await startApi();

    const video = api.world.startJob({ prompt: 'a cat --video' });
    const info = api.world.startJob({ verb: 'info', kind: 'text', jobType: undefined });

    expect(video).toMatch(/^j\d{19}v-/);
    expect(info).toMatch(/^j\d{19}-/);
  });
});

describe('switches', () => {
  it('lists or omits a channel without jobs', async () => {
    api = await startApi({ apiChannels: ['1234567890123456789'] });

    const omitted = await api.call('GET', '/v3/midjourney/jobs');
    api.world.setSwitches({ idleChannels: 'listed' });
    const listed = await api.call('GET', '/v3/midjourney/jobs');

    expect(omitted.body).toEqual({ total: 0, images: 0, videos: 0, channels: {} });
    expect(listed.body.channels['1234567890123456789']).toMatchObject({ total: 0, maxJobs: 3, jobs: [] });
  });

  it('shows or hides the response of a young job', async () => {
    api = await startApi({ switches: { youngResponse: 'present' } });
    const jobid = api.world.startJob({ prompt: 'a cat' });

    const { body } = await api.call('GET', `/v3/midjourney/jobs/${jobid}`);

    expect(body.response).toMatchObject({ progress_percent: 0 });
  });
});

it('closes although a job still runs and a connection is open', async () => {
  api = await startApi({ speed: 1 });
  api.world.startJob({ prompt: 'a cat' });
  await api.call('GET', '/v2/jobs');

  await api.close();

  await expect(api.call('GET', '/v2/jobs')).rejects.toThrow();
});
