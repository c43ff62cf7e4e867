import { afterEach, describe, expect, it } from 'vitest';
import { sendJson } from '../api-server.ts';
import { ClientRigs, rejection } from './client-rig.ts';
import { TOKEN, V2_ID, V3_ID, v2Job, v3Job, v3List } from './records.ts';

const rigs = new ClientRigs();
const start = rigs.start.bind(rigs);
afterEach(() => rigs.close());

describe('reading', () => {
  it('reads what runs in v3, with counts and limits per channel', async () => {
    const { client, server } = await start((response) => sendJson(response, 200, v3List));

    const list = await client.listRunning('v3');

    expect(server.requests[0]).toMatchObject({ method: 'GET', path: '/v3/midjourney/jobs' });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(list).toMatchObject({ board: 'v3', total: 2, images: 2, videos: 0 });
    expect(list.channels[0]).toMatchObject({ apiChannel: '1234567890123456789', maxJobs: 3, total: 2 });
    expect(list.channels[0]?.jobs[0]).toEqual({
      jobid: V3_ID,
      board: 'v3',
      apiChannel: '1234567890123456789',
      jobType: 'image',
      createdAt: Date.UTC(2025, 9, 23, 14, 15, 20, 123),
    });
  });

  it('reads what runs in v2 from bare ids', async () => {
    const { client, server } = await start((response) => sendJson(response, 200, [V2_ID]));

    const list = await client.listRunning('v2');

    expect(server.requests[0]?.path).toBe('/v2/jobs');
    expect(list).toMatchObject({ total: 1, channels: [{ apiChannel: '1122334455667788990', total: 1 }] });
    expect(list.channels[0]?.jobs[0]?.createdAt).toBe(Date.UTC(2025, 7, 22, 14, 38, 12, 123));
  });

  it('reads a v2 job by its encoded id', async () => {
    const { client, server } = await start((response) => sendJson(response, 200, v2Job));

    const job = await client.readJob(V2_ID);

    expect(server.requests[0]?.path).toBe(`/v2/jobs/?jobid=${encodeURIComponent(V2_ID)}`);
    expect(job).toMatchObject({ jobid: V2_ID, board: 'v2', status: 'completed', buttons: v2Job.buttons });
    expect(JSON.stringify(job)).not.toContain('secured');
  });

  it('reads a v3 job by its encoded id', async () => {
    const { client, server } = await start((response) => sendJson(response, 200, v3Job));

    const job = await client.readJob(V3_ID);

    expect(server.requests[0]?.path).toBe(`/v3/midjourney/jobs/${encodeURIComponent(V3_ID)}`);
    expect(job).toMatchObject({
      board: 'v3',
      prompt: 'a fox',
      button: 'U1',
      parentJobid: 'parent',
      replyRef: 'r-1',
      buttons: v3Job.response.buttons,
      messageId: '1522889900112233445',
      progressPercent: 100,
    });
  });
});

describe('submissions', () => {
  it('submits a v3 prompt without a stream', async () => {
    const created = { jobid: V3_ID, verb: 'imagine', status: 'created', created: '2025-10-23T14:15:20.123Z' };
    const { client, server } = await start((response) =>
      sendJson(response, 201, { ...created, request: { prompt: 'a fox' } }),
    );

    const job = await client.submit({ board: 'v3', prompt: 'a fox', apiChannel: '12', replyRef: 'r' });

    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/v3/midjourney/jobs/imagine' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      prompt: 'a fox',
      channel: '12',
      replyRef: 'r',
      stream: false,
    });
    expect(job).toMatchObject({ jobid: V3_ID, status: 'created', prompt: 'a fox' });
  });

  it('submits a v2 prompt', async () => {
    const { client, server } = await start((response) =>
      sendJson(response, 200, { jobid: V2_ID, status: 'started', content: '**x** - <@1> (Waiting to start)' }),
    );

    const job = await client.submit({ board: 'v2', prompt: 'x' });

    expect(server.requests[0]?.path).toBe('/v2/jobs/imagine');
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ prompt: 'x' });
    expect(job).toMatchObject({ status: 'started', progressPercent: 0 });
  });

  const blend = { verb: 'blend', urls: ['https://a.example/1', 'https://a.example/2'], shape: 'Portrait' } as const;
  it.each([
    ['v2', 'describe', { describeUrl: 'https://a.example/1' }],
    ['v3', 'describe', { imageUrl: 'https://a.example/1', stream: false }],
    ['v2', 'blend', { blendUrls: blend.urls, blendDimensions: 'Portrait' }],
    [
      'v3',
      'blend',
      { imageUrl_1: blend.urls[0], imageUrl_2: blend.urls[1], blendDimensions: 'Portrait', stream: false },
    ],
  ] as const)('submits pictures to %s, to %s, without the prompt', async (board, verb, body) => {
    const { client, server } = await start((response) =>
      sendJson(response, board === 'v2' ? 200 : 201, {
        jobid: board === 'v2' ? V2_ID : V3_ID,
        verb,
        status: 'created',
      }),
    );
    const pictures = verb === 'blend' ? blend : ({ verb, url: 'https://a.example/1' } as const);

    const job = await client.submit({ board, prompt: 'only a name', pictures, replyRef: 'r' });

    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.path).toBe(`${board === 'v2' ? '/v2' : '/v3/midjourney'}/jobs/${verb}`);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ ...body, replyRef: 'r' });
    expect(job.verb).toBe(verb);
  });

  it.each([
    ['v2', V2_ID, '/v2/jobs/button', { jobid: V2_ID, button: 'U1', mask: 'AAAA' }],
    ['v3', V3_ID, '/v3/midjourney/jobs/button', { jobId: V3_ID, button: 'U1', mask: 'AAAA', stream: false }],
  ] as const)('presses a button of a %s job', async (board, jobid, path, body) => {
    const answer = {
      jobid,
      status: 'created',
      parentJobId: jobid,
      button: 'U1',
      request: { jobId: jobid, button: 'U1' },
    };
    const { client, server } = await start((response) => sendJson(response, board === 'v2' ? 200 : 201, answer));

    const result = await client.press({ jobid, button: 'U1', mask: 'AAAA' });

    expect(server.requests[0]?.path).toBe(path);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(body);
    expect(result).toMatchObject({ outcome: 'created', job: { parentJobid: jobid, button: 'U1' } });
  });

  it('names the upscale that a v2 409 names', async () => {
    const { client, server } = await start((response) =>
      sendJson(response, 409, { error: 'Upscale already done', jobid: V2_ID, code: 409 }),
    );

    const result = await client.press({ jobid: V2_ID, button: 'U1' });

    expect(result).toEqual({ outcome: 'existing', jobid: V2_ID });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [200, 'started'],
    [201, 'completed'],
  ])('takes a v3 answer %i with a %s job for an earlier press', async (status, jobStatus) => {
    const { client } = await start((response) => sendJson(response, status, { ...v3Job, status: jobStatus }));

    const result = await client.press({ jobid: V3_ID, button: 'U1' });

    expect(result).toMatchObject({ outcome: 'existing', jobid: V3_ID, job: { status: jobStatus } });
  });

  it.each([
    ['v2', V2_ID, 'GET', `/v2/jobs/cancel/?jobid=${encodeURIComponent(V2_ID)}`],
    ['v3', V3_ID, 'DELETE', `/v3/midjourney/jobs/${encodeURIComponent(V3_ID)}`],
  ] as const)('cancels a %s job', async (board, jobid, method, path) => {
    const { client, server } = await start((response) => {
      if (board === 'v2') return sendJson(response, 200, { jobid, status: 'cancelled', code: 200 });
      response.writeHead(204).end();
    });

    const result = await client.cancel(jobid);

    expect(result).toEqual({ outcome: 'accepted' });
    expect(server.requests).toMatchObject([{ method, path }]);
  });

  it.each([400, 404, 409])('reports that a cancel was refused with %i', async (status) => {
    const { client, server } = await start((response) => sendJson(response, status, { error: 'no' }));

    const result = await client.cancel(V3_ID);

    expect(result).toEqual({ outcome: 'refused' });
    expect(server.requests).toHaveLength(1);
  });

  it('tries the second spelling of a v3 reset where the first is not known', async () => {
    const { client, server } = await start((response, request) => {
      response.writeHead(request.path.startsWith('/v3/midjourney/accounts/reset/') ? 404 : 204).end();
    });

    await client.resetChannel('v3', '12');

    expect(server.requests.map((request) => `${request.method} ${request.path}`)).toEqual([
      'POST /v3/midjourney/accounts/reset/12',
      'POST /v3/midjourney/accounts/12/reset',
    ]);
  });

  it('fails a reset of an unknown channel after both spellings', async () => {
    const { client, server } = await start((response) => sendJson(response, 404, { error: 'no' }));

    const error = await rejection(client.resetChannel('v3', '12'));

    expect(error).toMatchObject({ code: 'backend-not-found', status: 404 });
    expect(server.requests).toHaveLength(2);
  });

  it('resets a v2 channel', async () => {
    const { client, server } = await start((response) => void response.writeHead(204).end());

    await client.resetChannel('v2', '12');

    expect(server.requests).toMatchObject([{ method: 'POST', path: '/v2/account/midjourney/12/reset' }]);
  });
});

describe('the media proxy', () => {
  const URL_THERE = 'https://cdn.midjourney.com/b4d8e1a0-5c6f/0_0.jpeg';

  it('streams a file with the token and the encoded address', async () => {
    const { client, server } = await start((response) => {
      response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': '5' }).end('bytes');
    });

    const media = await client.openMedia('v3', URL_THERE);
    const bytes = Buffer.concat(await media.stream.toArray());

    expect(bytes.toString()).toBe('bytes');
    expect(media).toMatchObject({ contentType: 'image/jpeg', contentLength: 5 });
    expect(server.requests[0]?.path).toBe(`/v1/proxy/cdn-midjourney/?cdnUrl=${encodeURIComponent(URL_THERE)}`);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('asks the proxy for nothing but its own host', async () => {
    const { client, server } = await start((response) => void response.end());

    const error = await rejection(client.openMedia('v3', 'https://cdn.midjourney.com.evil.example/x'));

    expect(error).toMatchObject({ code: 'backend-invalid-request', mayHaveWritten: false });
    expect(String(error)).not.toContain('evil');
    expect(server.requests).toHaveLength(0);
  });

  it.each([204, 206, 301, 302, 304])('takes no %i for a file', async (status) => {
    const { client } = await start((response) => void response.writeHead(status, { location: '/elsewhere' }).end());

    const error = await rejection(client.openMedia('v3', URL_THERE));

    expect(error).toMatchObject({ status });
  });

  it('fails with the status, not the address', async () => {
    const { client } = await start((response) => sendJson(response, 400, { error: URL_THERE }));

    const error = await rejection(client.openMedia('v3', URL_THERE));

    expect(error).toMatchObject({ code: 'backend-invalid-request', status: 400 });
    expect(String(error)).not.toContain('b4d8e1a0');
  });
});
