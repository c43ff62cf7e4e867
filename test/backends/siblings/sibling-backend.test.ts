import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { mayFetch } from '../../../src/backends/siblings/fetchable-files.ts';
import { rejection } from '../conformance.ts';
import { type SiblingRig, startSiblingRig } from './sibling-rig.ts';

describe('a service beside Midjourney', () => {
  let rig: SiblingRig;
  afterEach(() => rig.close());

  const sent = () => {
    const [call] = rig.standIn.requests.filter(({ method }) => method === 'POST');
    return JSON.parse(call?.requestBody ?? '{}');
  };

  it.each([
    ['minimax', 'midjourney-v7', 'image'],
    ['minimax', 'MiniMax-Hailuo-2.3', 'video'],
    ['dreamina', 'seedream-4.0', 'image'],
    ['dreamina', 'seedance-1.5-pro', 'video'],
  ] as const)('%s takes prompts for the model %s, which makes an %s', async (service, model, jobType) => {
    rig = await startSiblingRig({ service }, { model });

    const job = await rig.backend.submit({ board: service, prompt: 'a lighthouse', replyRef: 'ref-1' });

    expect(job).toMatchObject({ jobType, prompt: 'a lighthouse', status: 'created', verb: 'imagine' });
    expect(sent()).toMatchObject({ model, prompt: 'a lighthouse', replyRef: 'ref-1' });
    rig.standIn.world.advance(job.jobid, { to: 'completed' });
    expect(await rig.backend.readJob(job.jobid)).toMatchObject({ jobType, status: 'completed' });
  });

  it.each([
    ['minimax', 'aspectRatio'],
    ['dreamina', 'ratio'],
  ] as const)('%s gets the shape by its own field', async (service, field) => {
    rig = await startSiblingRig({ service });

    const job = await rig.backend.submit({ board: service, prompt: 'a fox --ar 3:2' });

    expect(sent()).toMatchObject({ prompt: 'a fox', [field]: '3:2' });
    expect(job.prompt).toBe('a fox --ar 3:2');
  });

  it.each([
    ['minimax', { batch: 3 }],
    ['dreamina', {}],
  ] as const)('%s says what a submit has made, paid once', async (service, switches) => {
    rig = await startSiblingRig({ service, switches });

    const { jobid, batchmates = [] } = await rig.backend.submit({ board: service, prompt: 'a fox' });

    expect([jobid, ...batchmates]).toEqual(rig.standIn.world.list().map((job) => job.jobid));
    expect(rig.standIn.paidCount()).toBe(1);
    expect(rig.standIn.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('names slots and their load where the service tells them', async () => {
    rig = await startSiblingRig({ service: 'minimax', accounts: ['7001', '7002'], maxJobs: 5 });
    rig.standIn.startJob({ account: '7002', jobType: 'video' });
    rig.standIn.startJob({ account: '7002' });

    const { channels } = await rig.backend.listRunning('minimax');

    expect(channels).toMatchObject([
      { apiChannel: '7001', total: 0, maxVideoJobs: 5 },
      { apiChannel: '7002', total: 2, images: 1, videos: 1, maxVideoJobs: 5 },
    ]);
  });

  it('takes the account with the fewest jobs where one has to be named', async () => {
    rig = await startSiblingRig({ service: 'minimax', accounts: ['7001', '7002'] });
    rig.standIn.startJob({ account: '7001' });

    await rig.backend.submit({ board: 'minimax', prompt: 'a fox' });
    await rig.backend.submit({ board: 'minimax', prompt: 'a bridge', apiChannel: '7001' });

    expect(rig.standIn.world.list().map(({ apiChannel }) => apiChannel)).toEqual(['7001', '7002', '7001']);
  });

  it('calls an account by no e-mail address, and finds it by the name that it has instead', async () => {
    const accounts = ['US:jo@example.com', 'CA:al@example.com'] as const;
    rig = await startSiblingRig({ service: 'dreamina', accounts });
    const jobid = rig.standIn.startJob({ account: accounts[1], prompt: 'a lighthouse' });

    const [channel] = (await rig.backend.listRunning('dreamina')).channels;
    const job = await rig.backend.readJob(jobid);
    const apiChannel = channel?.apiChannel ?? '';
    await rig.backend.submit({ board: 'dreamina', prompt: 'a fox', apiChannel });

    expect(apiChannel).toMatch(/^account\.[0-9a-f]{6}$/);
    expect(job.apiChannel).toBe(apiChannel);
    expect(rig.standIn.world.list().at(-1)).toMatchObject({ prompt: 'a fox', apiChannel: accounts[1] });
    for (const said of [channel, { ...job, jobid: '' }])
      expect(JSON.stringify({ ...said, jobs: [] })).not.toContain('@');
  });

  it('sends nothing to an account that is not there', async () => {
    rig = await startSiblingRig({ service: 'dreamina' });

    const error = await rejection(rig.backend.submit({ board: 'dreamina', prompt: 'x', apiChannel: 'account.000000' }));

    expect(error).toMatchObject({ code: 'backend-invalid-request', mayHaveWritten: false });
    expect(rig.standIn.paidCount()).toBe(0);
  });

  it.each(['minimax', 'dreamina'] as const)('%s says what it refuses, and why', async (service) => {
    rig = await startSiblingRig({ service });
    const { world } = rig.standIn;
    const submit = (prompt: string) => rejection(rig.backend.submit({ board: service, prompt }));

    world.setSwitches({ credits: 'none' });
    expect(await submit('x')).toMatchObject({ code: 'backend-credits', status: 412, mayHaveWritten: false });
    world.setSwitches({ credits: 'enough' });
    world.blockChannel(world.listChannels()[0]?.apiChannel ?? '');
    expect(await submit('x')).toMatchObject({ code: 'backend-account-blocked', status: 596 });
    world.resetChannel(world.listChannels()[0]?.apiChannel ?? '');
    expect(await submit('forbidden')).toMatchObject({ code: 'backend-rejected-prompt', status: 422 });
    expect(await submit('x'.repeat(2001))).toMatchObject({ code: 'backend-invalid-request', status: 400 });
    world.setSubscription('expired');
    expect(await submit('x')).toMatchObject({ code: 'backend-subscription', status: 402 });
    expect(rig.standIn.paidCount()).toBe(0);
  });

  it('says that no slot is free, and when to come back', async () => {
    rig = await startSiblingRig({ service: 'dreamina', maxJobs: 1 });
    rig.standIn.startJob();

    const error = await rejection(rig.backend.submit({ board: 'dreamina', prompt: 'x', isBusyFinal: true }));

    expect(error).toMatchObject({ code: 'backend-busy', retryAfterMs: 12_000 });
  });

  it('does not end what its service cannot end', async () => {
    rig = await startSiblingRig({ service: 'minimax' });
    const jobid = rig.standIn.startJob();

    expect(await rig.backend.cancel(jobid)).toEqual({ outcome: 'refused' });
    expect(rig.standIn.requests).toHaveLength(0);
  });

  it('says of a cancel that came too late that it was refused', async () => {
    rig = await startSiblingRig({ service: 'dreamina' });
    const jobid = rig.standIn.startJob();
    rig.standIn.world.advance(jobid, { to: 'completed' });

    expect(await rig.backend.cancel(jobid)).toEqual({ outcome: 'refused' });
  });

  it('opens videos, and sends no token for files', async () => {
    rig = await startSiblingRig({ service: 'dreamina' });
    const jobid = rig.standIn.startJob({ jobType: 'video' });
    rig.standIn.world.advance(jobid, { to: 'completed' });

    const { videoUx } = await rig.backend.readJob(jobid);
    const { stream, contentType } = await rig.backend.openMedia('dreamina', videoUx[0]?.url ?? '');

    expect(contentType).toBe('video/mp4');
    expect((await buffer(stream)).length).toBeGreaterThan(1_000);
  });

  it('opens no files anywhere else', async () => {
    rig = await startSiblingRig({ service: 'minimax' });

    for (const url of ['https://127.0.0.1/a.png', 'nothing'])
      expect(await rejection(rig.backend.openMedia('minimax', url))).toMatchObject({ code: 'backend-invalid-request' });
  });
});

describe('files', () => {
  const rules = {
    baseUrl: 'https://api.useapi.net/v1',
    domains: ['hailuoai.video'],
    hosts: ['storage.example.org', 'storage.example.org:8443'],
  };

  it.each([
    ['https://api.useapi.net/files/a.png', true],
    ['https://cdn.hailuoai.video/a.png', true],
    ['https://hailuoai.video/a.png', true],
    ['https://storage.example.org/a.png', true],
    ['https://storage.example.org:8443/a.png', true],
    ['http://cdn.hailuoai.video/a.png', false],
    ['https://hailuoai.video.example.org/a.png', false],
    ['https://xhailuoai.video/a.png', false],
    ['http://storage.example.org/a.png', false],
    ['http://api.useapi.net/a.png', false],
  ])('at %s may be fetched: %s', (url, may) => {
    expect(mayFetch(rules, new URL(url))).toBe(may);
  });
});
