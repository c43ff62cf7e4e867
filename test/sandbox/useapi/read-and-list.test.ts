import { afterEach, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './start-api.ts';

const CHANNEL = '1122334455667788990';
const V2_ID = /^job:\d{17}-user:\d+-channel:\d{17,20}-bot:midjourney$/;
const V3_ID = /^j\d{19}[iv]?-u\d+-c\d{17,20}-bot:midjourney$/;

let api: TestApi;
afterEach(() => api.close());

describe('v2 read', () => {
  it('answers the documented errors', async () => {
    api = await startApi();
    const gone = api.world.startJob({ version: 'v2', prompt: 'gone' });
    api.world.advance(gone, { to: 'expired' });

    expect(await api.call('GET', '/v2/jobs/')).toMatchObject({
      status: 400,
      body: { error: 'Query param jobid not provided', code: 400 },
    });
    expect(await api.call('GET', '/v2/jobs/?jobid=nope')).toMatchObject({
      status: 404,
      body: { error: 'Unable to locate job nope', code: 404 },
    });
    expect(await api.call('GET', `/v2/jobs/?jobid=${gone}`)).toMatchObject({
      status: 410,
      body: { error: 'Job has expired', code: 410 },
    });
    expect(await api.call('GET', '/v2/jobs', undefined, 'wrong')).toMatchObject({
      status: 401,
      body: { error: 'Unauthorized', code: 401 },
    });
    api.world.setSubscription('expired');
    expect(await api.call('GET', '/v2/jobs')).toMatchObject({
      status: 402,
      body: { error: 'Account has no subscription or subscription expired', code: 402 },
    });
  });

  it('shows progress in the content and changes the message id at completion', async () => {
    api = await startApi();
    const jobid = api.world.startJob({ version: 'v2', prompt: 'a cat', replyRef: 'mine' });
    const read = async () => (await api.call('GET', `/v2/jobs/?jobid=${jobid}`)).body;

    const started = await read();
    api.world.advance(jobid, { to: 'progress', percent: 31 });
    const running = await read();
    api.world.advance(jobid, { to: 'completed' });
    const completed = await read();

    expect(jobid).toMatch(V2_ID);
    expect(started).toMatchObject({
      status: 'started',
      prompt: 'a cat',
      replyRef: 'mine',
      channel: CHANNEL,
      code: 200,
    });
    expect(started.content).toContain('(Waiting to start)');
    expect(running).toMatchObject({ status: 'progress', messageId: started.messageId });
    expect(running.content).toContain('(31%)');
    expect(completed.status).toBe('completed');
    expect(completed.messageId).not.toBe(started.messageId);
    expect(completed.content).not.toContain('%');
    expect(completed.buttons).toEqual(['U1', 'U2', 'U3', 'U4', '🔄', 'V1', 'V2', 'V3', 'V4']);
    expect(completed.imageUx.map(({ id }: { id: number }) => id)).toEqual([1, 2, 3, 4]);
    expect(completed.discord).toBe('NDE...secured...ABC');
  });

  it('lists running ids as a bare array and forgets the ended ones', async () => {
    api = await startApi();
    const one = api.world.startJob({ version: 'v2', prompt: 'one' });
    const two = api.world.startJob({ version: 'v2', prompt: 'two' });
    api.world.startJob({ version: 'v3', prompt: 'other version' });

    const before = await api.call('GET', '/v2/jobs');
    api.world.advance(one, { to: 'completed' });
    const after = await api.call('GET', '/v2/jobs');

    expect(before.body).toEqual([one, two]);
    expect(after.body).toEqual([two]);
  });
});

describe('v3 read', () => {
  it('answers the documented errors without a code', async () => {
    api = await startApi();
    const gone = api.world.startJob({ prompt: 'gone' });
    api.world.advance(gone, { to: 'expired' });

    const unknown = await api.call('GET', '/v3/midjourney/jobs/nope');
    const expired = await api.call('GET', `/v3/midjourney/jobs/${gone}`);
    const unauthorized = await api.call('GET', '/v3/midjourney/jobs', undefined, 'wrong');
    api.world.setSubscription('expired');
    const unpaid = await api.call('GET', '/v3/midjourney/jobs');

    expect([unknown.status, unknown.body]).toEqual([404, { error: 'Job not found' }]);
    expect([expired.status, expired.body]).toEqual([410, { error: `Job ${gone} has expired` }]);
    expect([unauthorized.status, unauthorized.body]).toEqual([401, { error: 'Unauthorized' }]);
    expect([unpaid.status, unpaid.body]).toEqual([
      402,
      { error: 'Account has no subscription or subscription expired' },
    ]);
  });

  it('carries progress as a number and the picture once completed', async () => {
    api = await startApi();
    const jobid = api.world.startJob({ prompt: 'a cat' });
    const read = async () => (await api.call('GET', `/v3/midjourney/jobs/${jobid}`)).body;

    const created = await read();
    api.world.advance(jobid, { to: 'progress', percent: 62 });
    const running = await read();
    api.world.advance(jobid, { to: 'completed' });
    const completed = await read();

    expect(jobid).toMatch(V3_ID);
    expect(created).toMatchObject({ status: 'created', jobType: 'image', request: { prompt: 'a cat' } });
    expect(created).not.toHaveProperty('response');
    expect(running.response).toMatchObject({ progress_percent: 62, buttons: [], attachments: [] });
    expect(completed.response.attachments).toHaveLength(1);
    expect(completed.response.components).toHaveLength(2);
    expect(completed.response.id).not.toBe(running.response.id);
  });

  it('counts the running jobs by channel and type', async () => {
    api = await startApi({ maxJobs: 5 });
    const image = api.world.startJob({ prompt: 'a cat' });
    api.world.startJob({ prompt: 'a dog --video' });
    api.world.startJob({ version: 'v2', prompt: 'other version' });

    const { body } = await api.call('GET', '/v3/midjourney/jobs');

    expect(body).toMatchObject({ total: 2, images: 1, videos: 1 });
    expect(Object.keys(body.channels[CHANNEL])).toEqual([
      ...['total', 'images', 'videos', 'maxJobs', 'maxImageJobs', 'maxVideoJobs', 'jobs'],
    ]);
    expect(body.channels[CHANNEL].maxJobs).toBe(5);
    expect(body.channels[CHANNEL].jobs[0]).toEqual({
      jobId: image,
      channel: CHANNEL,
      jobType: 'image',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      elapsed: '00:00',
    });
  });

  it('reads a moderated job with 200 although its body says 422', async () => {
    api = await startApi();
    const jobid = api.world.startJob({ prompt: 'so much gore' });
    api.world.advance(jobid, { to: 'moderated' });

    const { status, body } = await api.call('GET', `/v3/midjourney/jobs/${jobid}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'moderated', error: 'Invalid request', code: 422 });
    expect(body.errorDetails).toBeTypeOf('string');
    expect(body.response.attachments).toEqual([]);
    expect(body.response.components).toHaveLength(1);
    expect(body.response.components[0].components[0].label).toBe('Resubmit');
    expect(body.response).not.toHaveProperty('buttons');
  });
});

describe('seeds', () => {
  it('repeats the v2 example field by field, with a picture behind its address', async () => {
    api = await startApi({ seedJobs: true });
    const jobid = 'job:20250822143812123-user:12345-channel:1122334455667788990-bot:midjourney';

    const { body } = await api.call('GET', `/v2/jobs/?jobid=${jobid}`);
    const picture = await fetch(body.attachments[0].url);

    expect(Object.keys(body)).toEqual([
      ...['jobid', 'verb', 'status', 'created', 'updated', 'prompt', 'replyRef', 'replyUrl', 'channel', 'maxJobs'],
      ...['discord', 'messageId', 'content', 'timestamp', 'attachments', 'buttons', 'videoUx', 'code'],
    ]);
    expect(body).toMatchObject({ updated: '2025-08-22T14:40:05.889Z', messageId: '1522889900112233445' });
    expect(picture.status).toBe(200);
    expect(picture.headers.get('content-type')).toBe('image/webp');
  });

  it('repeats the v3 example of a list among its channels', async () => {
    api = await startApi({ seedJobs: true });

    const { body } = await api.call('GET', '/v3/midjourney/jobs');

    expect(body.channels['1234567890123456789'].jobs.slice(0, 2)).toEqual([
      {
        jobId: 'j1023141520123456789i-u12345-c1234567890123456789-bot:midjourney',
        channel: '1234567890123456789',
        jobType: 'image',
        created: '2025-10-23T14:15:20.123Z',
        elapsed: '00:32',
      },
      {
        jobId: 'j1023141525987654321i-u12345-c1234567890123456789-bot:midjourney',
        channel: '1234567890123456789',
        jobType: 'image',
        created: '2025-10-23T14:15:25.987Z',
        elapsed: '00:27',
      },
    ]);
  });

  it('has jobs in every state, with the verbs that answer in text', async () => {
    api = await startApi({ seedJobs: true });
    const jobs = api.world.list();

    const states = new Set(jobs.map((job) => (job.expired ? 'expired' : job.stuck ? 'stuck' : job.status)));
    const describe = jobs.find((job) => job.version === 'v2' && job.verb === 'describe');
    const seed = jobs.find((job) => job.version === 'v2' && job.verb === 'seed');
    const described = await api.call('GET', `/v2/jobs/?jobid=${describe?.jobid}`);
    const seeded = await api.call('GET', `/v2/jobs/?jobid=${seed?.jobid}`);

    expect([...states].sort()).toEqual([
      ...['cancelled', 'completed', 'created', 'expired', 'failed', 'moderated', 'progress', 'started', 'stuck'],
    ]);
    expect(described.body.embeds[0].description).toContain('1️⃣');
    expect(described.body.embeds[0].image).toMatchObject({ url: expect.any(String), width: 1024, height: 1024 });
    expect(seeded.body.seed).toMatchObject({ value: 1_234_567_890, attachments: [{ content_type: 'image/webp' }] });
  });

  it('lets all but the published records begin within the hour before the start, the ended ones some minutes ago', async () => {
    api = await startApi({ seedJobs: true, publishedRecords: false });
    const { startedAt } = api.world;
    const jobs = api.world.list();
    const ages = jobs.map(({ createdAt }) => startedAt - createdAt);
    const ended = jobs.filter(({ status }) => status === 'completed');

    expect(Math.max(...ages)).toBeLessThanOrEqual(65 * 60_000);
    expect(Math.min(...ages)).toBeGreaterThanOrEqual(0);
    expect(Math.min(...ended.map(({ updatedAt }) => startedAt - updatedAt))).toBeGreaterThan(60_000);
    expect(new Set(jobs.map(({ jobid }) => jobid)).size).toBe(jobs.length);
  });
});
