import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { closeServer, listen } from '../../../sandbox/midjourney/listen.ts';
import {
  type SiblingStandIn,
  type SiblingStandInOptions,
  startSiblingStandIn,
} from '../../../sandbox/siblings/sibling-stand-in.ts';

const MINIMAX = '/v1/minimax';
const DREAMINA = '/v1/dreamina';

describe('the stand-in of a service beside Midjourney', () => {
  let standIn: SiblingStandIn;
  afterEach(() => standIn.close());

  const start = async (options: SiblingStandInOptions) => {
    standIn = await startSiblingStandIn({ speed: 0, ...options });
  };
  async function call(method: string, path: string, body?: object, token = standIn.token) {
    const response = await fetch(`${standIn.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const said = await response.text();
    return { status: response.status, body: said === '' ? undefined : JSON.parse(said) };
  }

  it('wants its token, and a subscription', async () => {
    await start({ service: 'minimax' });

    expect(await call('GET', `${MINIMAX}/scheduler/available`, undefined, 'user:1-wrong')).toEqual({
      status: 401,
      body: { error: 'Unauthorized', code: 401 },
    });
    standIn.world.setSubscription('expired');
    expect((await call('GET', `${MINIMAX}/scheduler/available`)).status).toBe(402);
  });

  it.each([
    [{}],
    [{ prompt: '' }],
    [{ prompt: 'x', model: 'midjourney-v9' }],
    [{ prompt: 'x', aspectRatio: '1:9' }],
    [{ prompt: 'x', quantity: 5 }],
    [{ prompt: 'x', replyRef: 'x'.repeat(1025) }],
    [{ prompt: 'x', replyUrl: 'nowhere' }],
  ])('MiniMax refuses a body as %j', async (body) => {
    await start({ service: 'minimax' });

    expect((await call('POST', `${MINIMAX}/images/create`, body)).status).toBe(400);
    expect(standIn.paidCount()).toBe(0);
  });

  it.each([[{ prompt: 'x'.repeat(1601) }], [{ prompt: 'x', model: 'seedance-2.0' }], [{ prompt: 'x', ratio: '5:4' }]])(
    'Dreamina refuses a body that does not fit its pictures',
    async (body) => {
      await start({ service: 'dreamina' });

      expect((await call('POST', `${DREAMINA}/images`, body)).status).toBe(400);
    },
  );

  it('MiniMax makes as many jobs as pictures are asked for, in one batch', async () => {
    await start({ service: 'minimax' });

    const { body } = await call('POST', `${MINIMAX}/images/create`, { prompt: 'a fox', quantity: 3 });
    const records = await Promise.all(body.imageIds.map((id: string) => call('GET', `${MINIMAX}/images/${id}`)));

    expect(body.imageIds).toHaveLength(3);
    expect(new Set(records.map((record) => record.body.batchID)).size).toBe(1);
    expect(standIn.paidCount()).toBe(1);
  });

  it('MiniMax wants an account named where there are several, and knows no others', async () => {
    await start({ service: 'minimax', accounts: ['7001', '7002'] });
    const create = (fields: object) => call('POST', `${MINIMAX}/images/create`, { prompt: 'a fox', ...fields });

    expect((await create({})).status).toBe(400);
    expect((await create({ account: '7003' })).status).toBe(404);
    expect((await create({ account: '7002' })).status).toBe(200);
  });

  it('MiniMax counts videos alone against its slots', async () => {
    await start({ service: 'minimax', maxJobs: 1 });
    const create = (kind: string) => call('POST', `${MINIMAX}/${kind}/create`, { prompt: 'a fox' });

    expect((await create('images')).status).toBe(200);
    expect((await create('videos')).status).toBe(200);
    expect((await create('images')).status).toBe(200);
    expect((await create('videos')).status).toBe(429);
    expect((await call('GET', `${MINIMAX}/scheduler/available`)).body.available).toEqual([
      { account: '512345678', maxJobs: 1, executing: 1, available: 0 },
    ]);
  });

  it('MiniMax takes a job out of its list on DELETE, and lets it go on', async () => {
    await start({ service: 'minimax' });
    const jobid = standIn.startJob({ prompt: 'a fox' });

    expect((await call('DELETE', `${MINIMAX}/scheduler/${jobid}`)).status).toBe(204);
    expect((await call('DELETE', `${MINIMAX}/scheduler/${jobid}`)).status).toBe(404);
    expect((await call('GET', `${MINIMAX}/scheduler/available`)).body.executing).toEqual([]);
    expect((await call('GET', `${MINIMAX}/images/${jobid}`)).body).toMatchObject({ statusFinal: false });
  });

  it('Dreamina ends a job on DELETE, and says by whom', async () => {
    await start({ service: 'dreamina' });
    const jobid = standIn.startJob({ prompt: 'a fox' });

    expect((await call('DELETE', `${DREAMINA}/scheduler/${jobid}`)).status).toBe(204);
    expect((await call('GET', `${DREAMINA}/images/${jobid}`)).body).toMatchObject({
      status: 'failed',
      error: 'Cancelled by user',
    });
    expect((await call('GET', `${DREAMINA}/scheduler`)).body).toEqual({ executing: {}, total: 0 });
  });

  it('knows no picture by the id of a video', async () => {
    await start({ service: 'dreamina' });
    const jobid = standIn.startJob({ jobType: 'video' });

    expect((await call('GET', `${DREAMINA}/images/${jobid}`)).status).toBe(404);
    expect((await call('GET', `${DREAMINA}/videos/${jobid}`)).status).toBe(200);
  });

  it('shows files to all, and refuses a token with them', async () => {
    await start({ service: 'minimax' });
    const jobid = standIn.startJob({ prompt: 'a fox' });
    standIn.world.advance(jobid, { to: 'completed' });
    const { downloadURL } = (await call('GET', `${MINIMAX}/images/${jobid}`)).body;

    const open = await fetch(downloadURL);
    const signed = await fetch(downloadURL, { headers: { authorization: `Bearer ${standIn.token}` } });

    expect([open.status, open.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect((await open.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
    expect(signed.status).toBe(400);
    await signed.body?.cancel();
  });

  it('calls back once, at the end', async () => {
    const calls: string[] = [];
    const { promise: called, resolve } = Promise.withResolvers<void>();
    const server = createServer(async (request, response) => {
      calls.push(await text(request));
      response.end();
      resolve();
    });
    const replyUrl = `http://127.0.0.1:${await listen(server, 0)}/hook`;
    try {
      await start({ service: 'dreamina' });
      await call('POST', `${DREAMINA}/images`, { prompt: 'a fox', replyUrl, replyRef: 'ref-1' });
      const [job] = standIn.world.list();
      standIn.world.advance(job?.jobid ?? '', { to: 'started' });
      standIn.world.advance(job?.jobid ?? '', { to: 'completed' });
      await called;

      expect(calls.map((body) => JSON.parse(body).status)).toEqual(['completed']);
    } finally {
      await closeServer(server);
    }
  });
});
