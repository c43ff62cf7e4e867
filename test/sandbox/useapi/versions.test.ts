import { afterEach, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './start-api.ts';

let api: TestApi;
afterEach(() => api.close());

/** One finished and one running job of a version. */
function startJobs(version: 'v2' | 'v3') {
  const done = api.world.startJob({ version, prompt: `${version} done` });
  api.world.advance(done, { to: 'completed' });
  return { done, running: api.world.startJob({ version, prompt: `${version} running` }) };
}

describe('the versions of the API', () => {
  it('know nothing of each other’s jobs: v3 ids in v2', async () => {
    api = await startApi();
    const { done, running } = startJobs('v3');

    const read = await api.call('GET', `/v2/jobs/?jobid=${encodeURIComponent(done)}`);
    const bare = await api.call('GET', `/v2/jobs?jobid=${encodeURIComponent(done)}`);
    const cancelled = await api.call('GET', `/v2/jobs/cancel/?jobid=${encodeURIComponent(running)}`);
    const pressed = await api.call('POST', '/v2/jobs/button', { jobid: done, button: 'U1' });

    expect(read).toMatchObject({ status: 404, body: { error: `Unable to locate job ${done}`, code: 404 } });
    expect([bare.status, cancelled.status, pressed.status]).toEqual([404, 404, 404]);
    expect((await api.call('GET', '/v2/jobs')).body).toEqual([]);
    expect(api.world.find(running)?.status).not.toBe('cancelled');
    expect(api.world.find(done)?.children).toEqual([]);
  });

  it('know nothing of each other’s jobs: v2 ids in v3', async () => {
    api = await startApi();
    const { done, running } = startJobs('v2');

    const read = await api.call('GET', `/v3/midjourney/jobs/${done}`);
    const cancelled = await api.call('DELETE', `/v3/midjourney/jobs/${running}`);
    const pressed = await api.call('POST', '/v3/midjourney/jobs/button', { jobId: done, button: 'U1', stream: false });

    expect(read).toMatchObject({ status: 404, body: { error: 'Job not found' } });
    expect([cancelled.status, pressed.status]).toEqual([404, 404]);
    expect((await api.call('GET', '/v3/midjourney/jobs')).body.total).toBe(0);
    expect(api.world.find(running)?.status).not.toBe('cancelled');
    expect(api.world.find(done)?.children).toEqual([]);
  });
});
