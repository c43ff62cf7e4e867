import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxVersion } from '../../../sandbox/midjourney/sandbox-job.ts';
import { startApi, type TestApi } from './start-api.ts';

const CHANNEL = '1122334455667788990';
const V2 = { imagine: '/v2/jobs/imagine', button: '/v2/jobs/button' };
const V3 = { imagine: '/v3/midjourney/jobs/imagine', button: '/v3/midjourney/jobs/button' };

let api: TestApi;
afterEach(() => api.close());

function imagine(version: SandboxVersion, body: object) {
  return version === 'v2'
    ? api.call('POST', V2.imagine, body)
    : api.call('POST', V3.imagine, { stream: false, ...body });
}

function press(version: SandboxVersion, jobid: string, body: object) {
  return version === 'v2'
    ? api.call('POST', V2.button, { jobid, ...body })
    : api.call('POST', V3.button, { stream: false, jobId: jobid, ...body });
}

function aGrid(version: SandboxVersion, prompt = 'a cat'): string {
  const jobid = api.world.startJob({ version, prompt });
  api.world.advance(jobid, { to: 'completed' });
  return jobid;
}

describe('imagine', () => {
  it('answers 200 and started in v2, 201 and created in v3', async () => {
    api = await startApi();

    const two = await imagine('v2', { prompt: 'a cat', replyRef: 'r' });
    const three = await imagine('v3', { prompt: 'a cat', replyRef: 'r' });

    expect(two).toMatchObject({ status: 200, body: { status: 'started', verb: 'imagine', replyRef: 'r', code: 200 } });
    expect(three.status).toBe(201);
    expect(three.body).toEqual({
      jobid: expect.stringMatching(/^j\d{19}i-/),
      verb: 'imagine',
      jobType: 'image',
      status: 'created',
      created: expect.any(String),
      request: { prompt: 'a cat', channel: CHANNEL, replyRef: 'r', stream: false },
    });
  });

  it.each([
    ['no prompt', {}],
    ['a prompt of 5001 characters', { prompt: 'x'.repeat(5001) }],
    ['a replyRef of 1025 characters', { prompt: 'x', replyRef: 'x'.repeat(1025) }],
    ['a replyUrl of 1025 characters', { prompt: 'x', replyUrl: `http://127.0.0.1/${'x'.repeat(1008)}` }],
    ['a replyUrl that is none', { prompt: 'x', replyUrl: 'ftp://x' }],
    ['maxJobs 11', { prompt: 'x', maxJobs: 11 }],
  ])('answers 400 to %s and makes no job', async (_, body) => {
    api = await startApi();

    const two = await imagine('v2', body);
    const three = await imagine('v3', body);

    expect(two).toMatchObject({ status: 400, body: { code: 400, error: expect.any(String) } });
    expect([three.status, Object.keys(three.body)]).toEqual([400, ['error']]);
    expect(api.world.list()).toEqual([]);
  });

  it('takes a prompt of 5000 characters', async () => {
    api = await startApi();

    expect((await imagine('v3', { prompt: 'x'.repeat(5000) })).status).toBe(201);
  });

  it('answers 400 to a body that is not JSON', async () => {
    api = await startApi();

    const response = await fetch(api.url + V2.imagine, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}` },
      body: '{"prompt":',
    });

    expect(response.status).toBe(400);
  });

  it('answers 429 when the slots of a channel are taken, with the running ids in v2', async () => {
    api = await startApi({ maxJobs: 2 });
    const running = [await imagine('v2', { prompt: 'one' }), await imagine('v2', { prompt: 'two' })];
    await imagine('v3', { prompt: 'one' });
    await imagine('v3', { prompt: 'two' });

    const two = await imagine('v2', { prompt: 'three' });
    const three = await imagine('v3', { prompt: 'three' });
    api.world.setMaxJobs(3);
    const afterwards = await imagine('v2', { prompt: 'three' });

    expect(two).toMatchObject({
      status: 429,
      body: { code: 429, executingJobs: running.map(({ body }) => body.jobid) },
    });
    expect(two.headers.has('retry-after')).toBe(false);
    expect([three.status, Object.keys(three.body)]).toEqual([429, ['error']]);
    expect(afterwards.status).toBe(200);
  });

  it('says when to come back as the switch has it', async () => {
    api = await startApi({ maxJobs: 0, switches: { retryAfterSeconds: 7 } });
    const ask = async (retryAfter: 'seconds' | 'date' | 'body') => {
      api.world.setSwitches({ retryAfter });
      return await imagine('v2', { prompt: 'x' });
    };

    const askedAt = Date.now();
    const seconds = await ask('seconds');
    const date = await ask('date');
    const body = await ask('body');

    expect(seconds.headers.get('retry-after')).toBe('7');
    expect(Date.parse(date.headers.get('retry-after') ?? '')).toBeGreaterThan(askedAt + 5_000);
    expect(body.body.retryAfter).toBe(7);
    expect(body.headers.has('retry-after')).toBe(false);
  });

  it('answers 596 until the channel is reset, in either spelling', async () => {
    api = await startApi();
    const resets = [
      `/v2/account/midjourney/${CHANNEL}/reset`,
      `/v3/midjourney/accounts/reset/${CHANNEL}`,
      `/v3/midjourney/accounts/${CHANNEL}/reset`,
    ];

    for (const reset of resets) {
      api.world.setMaxJobs(100);
      api.world.blockChannel(CHANNEL);
      expect((await imagine('v2', { prompt: 'x' })).status).toBe(596);
      expect((await imagine('v3', { prompt: 'x' })).status).toBe(596);
      expect(await api.call('POST', reset)).toMatchObject({ status: 204, text: '' });
      expect((await imagine('v3', { prompt: 'x' })).status).toBe(201);
    }
    api.world.setSwitches({ resetSpelling: 'reset-channel' });
    expect((await api.call('POST', resets[2] ?? '')).status).toBe(404);
    api.world.setSwitches({ resetSpelling: 'channel-reset' });
    expect((await api.call('POST', resets[1] ?? '')).status).toBe(404);
    expect((await api.call('POST', '/v3/midjourney/accounts/reset/1')).status).toBe(404);
  });

  it('answers 404 to a channel that the account has not', async () => {
    api = await startApi();

    expect((await imagine('v2', { prompt: 'x', channel: '1' })).status).toBe(404);
    expect((await imagine('v3', { prompt: 'x', channel: '1' })).status).toBe(404);
  });

  it('refuses a word of the second kind on submit in v2, and in v3 by switch', async () => {
    api = await startApi();

    const two = await imagine('v2', { prompt: 'a forbidden city' });
    const three = await imagine('v3', { prompt: 'a forbidden city' });
    api.world.setSwitches({ refusedSubmit: 'both' });
    const both = await imagine('v3', { prompt: 'a Forbidden city' });

    expect(two).toMatchObject({ status: 422, body: { status: 'moderated', error: 'Invalid request', code: 422 } });
    expect(two.body.errorDetails).toBeTypeOf('string');
    expect(three.status).toBe(201);
    expect(both).toMatchObject({ status: 422, body: { status: 'moderated' } });
  });
});

describe('button', () => {
  it.each(['v2', 'v3'] as const)('presses every button of a %s job and its children', async (version) => {
    api = await startApi({ maxJobs: 1000 });
    const black = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    const extras = { prompt: 'with more', mask: black.toString('base64') };
    const todo = [aGrid(version), aGrid(version, 'a dog --video')];
    const ways = new Set<string>();

    for (const jobid of todo) {
      const read = await api.call(
        'GET',
        version === 'v2' ? `/v2/jobs/?jobid=${jobid}` : `/v3/midjourney/jobs/${jobid}`,
      );
      const buttons: string[] = version === 'v2' ? read.body.buttons : read.body.response.buttons;
      for (const button of buttons) {
        const way = `${api.world.find(jobid)?.kind}: ${button}`;
        const isKnown = ways.has(way);
        ways.add(way);
        const { status, body } = await press(version, jobid, { button, ...extras });
        expect([button, status]).toEqual([button, version === 'v2' ? 200 : 201]);
        api.world.advance(body.jobid, { to: 'completed' });
        if (!isKnown) todo.push(body.jobid);
      }
    }

    expect([...ways]).toEqual(
      expect.arrayContaining([
        ...['grid: U1', 'grid: V4', 'grid: 🔄', 'video-grid: U4', 'upscale: Upscale (Subtle)', 'upscale: ⬅️'],
        ...['upscale: Vary (Region)', 'upscale: Custom Zoom', 'upscale: Make Square', 'upscale: Zoom Out 1.5x'],
        ...['upscale: Animate (Low motion)', 'large-upscale: Redo Upscale (Creative)', 'video: Extend (High motion)'],
      ]),
    );
  });

  it('names parent and button in the child, and the child in the parent', async () => {
    api = await startApi();
    const [two, three] = [aGrid('v2'), aGrid('v3')];

    const childTwo = (await press('v2', two, { button: 'V2' })).body;
    const childThree = (await press('v3', three, { button: 'V2' })).body;
    const parentTwo = (await api.call('GET', `/v2/jobs/?jobid=${two}`)).body;
    const parentThree = (await api.call('GET', `/v3/midjourney/jobs/${three}`)).body;
    api.world.setSwitches({ childrenMap: 'by-jobid' });
    const otherMap = (await api.call('GET', `/v3/midjourney/jobs/${three}`)).body;

    expect(childTwo).toMatchObject({ verb: 'button', button: 'V2', parentJobId: two });
    expect(childThree).toMatchObject({ verb: 'button', request: { jobId: three, button: 'V2' } });
    expect(parentTwo.children).toEqual([
      { messageId: expect.stringMatching(/^\d+$/), button: 'V2', jobid: childTwo.jobid },
    ]);
    expect(parentThree.response.children).toEqual({ V2: childThree.jobid });
    expect(otherMap.response.children[childThree.jobid]).toMatchObject({ button: 'V2' });
  });

  it('does an upscale once: 409 in v2, the existing child in v3', async () => {
    api = await startApi();
    const [two, three] = [aGrid('v2'), aGrid('v3')];
    const firstTwo = (await press('v2', two, { button: 'U2' })).body.jobid;
    const firstThree = (await press('v3', three, { button: 'U2' })).body.jobid;

    const againTwo = await press('v2', two, { button: 'U2' });
    const againThree = await press('v3', three, { button: 'U2' });
    api.world.setSwitches({ repeatedUpscaleStatus: 201 });
    const againCreated = await press('v3', three, { button: 'U2' });

    expect(againTwo).toMatchObject({ status: 409, body: { jobid: firstTwo, button: 'U2', code: 409 } });
    expect(againThree).toMatchObject({ status: 200, body: { jobid: firstThree } });
    expect(againCreated).toMatchObject({ status: 201, body: { jobid: firstThree } });
    expect(api.world.list()).toHaveLength(4);
  });

  it('upscales anew after the first upscale failed', async () => {
    api = await startApi();
    const parent = aGrid('v2');
    const first = (await press('v2', parent, { button: 'U1' })).body.jobid;
    api.world.advance(first, { to: 'failed' });

    const again = await press('v2', parent, { button: 'U1' });

    expect(again.status).toBe(200);
    expect(again.body.jobid).not.toBe(first);
  });

  it.each([
    ['a button that the job has not', { button: 'Upscale (4x)' }, 'grid'],
    ['Custom Zoom without a prompt', { button: 'Custom Zoom' }, 'upscale'],
    ['Vary (Region) without a mask', { button: 'Vary (Region)', prompt: 'x' }, 'upscale'],
    ['Vary (Region) with a mask that is no PNG', { button: 'Vary (Region)', mask: 'aGVsbG8=' }, 'upscale'],
  ] as const)('answers 400 to %s', async (_, body, kind) => {
    api = await startApi();
    for (const version of ['v2', 'v3'] as const) {
      const jobid = api.world.startJob({ version, prompt: 'a cat', kind });
      api.world.advance(jobid, { to: 'completed' });

      expect((await press(version, jobid, body)).status).toBe(400);
    }
  });

  it('answers 400 while the parent runs and 404 where there is none', async () => {
    api = await startApi();
    const running = api.world.startJob({ version: 'v2', prompt: 'a cat' });

    expect((await press('v2', running, { button: 'U1' })).status).toBe(400);
    expect((await press('v2', 'nope', { button: 'U1' })).status).toBe(404);
    expect(await press('v3', 'nope', { button: 'U1' })).toMatchObject({
      status: 404,
      body: { error: 'Job not found' },
    });
    expect((await api.call('POST', V3.button, { jobid: running, button: 'U1' })).status).toBe(400);
  });
});

describe('cancel', () => {
  it('ends a running job: 200 and cancelled in v2, 204 and failed in v3', async () => {
    api = await startApi();
    const two = api.world.startJob({ version: 'v2', prompt: 'a cat' });
    const three = api.world.startJob({ prompt: 'a cat' });

    const cancelTwo = await api.call('GET', `/v2/jobs/cancel/?jobid=${two}`);
    const cancelThree = await api.call('DELETE', `/v3/midjourney/jobs/${three}`);
    const readThree = await api.call('GET', `/v3/midjourney/jobs/${three}`);

    expect([cancelTwo.status, cancelTwo.body]).toEqual([200, { jobid: two, status: 'cancelled', code: 200 }]);
    expect([cancelThree.status, cancelThree.text]).toEqual([204, '']);
    expect(readThree.body).toMatchObject({ status: 'failed', error: 'Job cancelled by user' });
    expect(readThree.body.response.content).toContain('(Stopped)');
  });

  it.each([200, 204, 400, 404, 409] as const)('answers %i to the cancel of an ended job by switch', async (status) => {
    api = await startApi({ switches: { cancelEndedStatus: status } });

    const two = await api.call('GET', `/v2/jobs/cancel/?jobid=${aGrid('v2')}`);
    const three = await api.call('DELETE', `/v3/midjourney/jobs/${aGrid('v3')}`);

    expect([two.status, three.status]).toEqual([status, status]);
  });
});

describe('stream', () => {
  it('streams the events of a v3 job unless asked not to', async () => {
    api = await startApi();
    api.world.onChange((job) => {
      if (job.status === 'created') queueMicrotask(() => api.world.advance(job.jobid, { to: 'completed' }));
    });

    const { status, headers, text } = await api.call('POST', V3.imagine, { prompt: 'a cat' });

    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(text.match(/^event: .*$/gm)).toEqual([
      'event: initialized',
      'event: midjourney_created',
      'event: midjourney_completed',
    ]);
  });

  it('leaves the job stuck in its slot when the stream is dropped', async () => {
    api = await startApi({ maxJobs: 1 });
    const dropping = new AbortController();
    const stuck = new Promise<string>((resolve) => {
      api.world.onChange((job) => job.stuck && resolve(job.jobid));
    });

    const response = await fetch(api.url + V3.imagine, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}` },
      body: JSON.stringify({ prompt: 'a cat' }),
      signal: dropping.signal,
    });
    await response.body?.getReader().read();
    dropping.abort();
    const jobid = await stuck;

    expect(api.world.find(jobid)).toMatchObject({ stuck: true, status: 'created' });
    expect((await imagine('v3', { prompt: 'next' })).status).toBe(429);
  });
});

describe('describe and blend', () => {
  const [one, two] = ['https://a.example/1.png', 'https://a.example/2.png'];
  const root = { v2: '/v2/jobs', v3: '/v3/midjourney/jobs' } as const;
  const send = (version: SandboxVersion, verb: string, body: object) =>
    api.call('POST', `${root[version]}/${verb}`, version === 'v2' ? body : { stream: false, ...body });

  it.each([
    ['v2', 'describe', { describeUrl: one }],
    ['v3', 'describe', { imageUrl: one }],
    ['v2', 'blend', { blendUrls: [one, two], blendDimensions: 'Square' }],
    ['v3', 'blend', { imageUrl_1: one, imageUrl_2: two }],
  ] as const)('start a job of %s: %s', async (version, verb, body) => {
    api = await startApi();

    const answer = await send(version, verb, { ...body, replyRef: 'r' });

    expect(answer).toMatchObject({ status: version === 'v2' ? 200 : 201, body: { verb } });
    expect(api.world.list()).toMatchObject([{ version, verb, replyRef: 'r' }]);
  });

  it.each([
    ['v2', 'describe', {}],
    ['v2', 'describe', { describeUrl: 'fox.png' }],
    ['v3', 'describe', {}],
    ['v3', 'describe', { imageUrl: 'ftp://a.example/1.png' }],
    ['v2', 'blend', { blendUrls: [one] }],
    ['v2', 'blend', { blendUrls: Array.from({ length: 6 }, () => one) }],
    ['v2', 'blend', { blendUrls: [one, two], blendDimensions: 'Round' }],
    ['v3', 'blend', { imageUrl_1: one }],
    ['v3', 'blend', { imageUrl_1: one, imageUrl_3: two }],
    ['v3', 'blend', { imageUrl_1: one, imageUrl_2: two, imageUrl_6: one }],
  ] as const)('refuse what the API refuses, in %s: %s %j', async (version, verb, body) => {
    api = await startApi();

    expect((await send(version, verb, body)).status).toBe(400);
    expect(api.world.list()).toEqual([]);
  });

  it('says in v3 that a picture is missing as the API does', async () => {
    api = await startApi();

    const { body } = await send('v3', 'describe', {});

    expect(JSON.stringify(body)).toContain('Either imageUrl or imageBlob is required');
  });
});
