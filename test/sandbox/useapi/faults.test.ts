import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HeldClock, startApi, type TestApi } from './start-api.ts';

const IMAGINE = '/v3/midjourney/jobs/imagine';
const body = { prompt: 'a cat', stream: false };

let api: TestApi;
afterEach(() => api.close());

describe('faults', () => {
  it('answers with a status as often as asked', async () => {
    api = await startApi();
    api.faults.add({
      match: { method: 'GET', path: '/v2/jobs' },
      times: 2,
      action: { kind: 'status', status: 503, body: { error: 'down' }, headers: { 'retry-after': '3' } },
    });

    const answers = [];
    for (let turn = 0; turn < 3; turn += 1) answers.push(await api.call('GET', '/v2/jobs'));

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(answers[0]?.body).toEqual({ error: 'down' });
    expect(answers[0]?.headers.get('retry-after')).toBe('3');
  });

  it('matches by method, by prefix and by regular expression', async () => {
    api = await startApi();
    api.faults.add({ match: { method: 'post' }, action: { kind: 'status', status: 500 } });
    api.faults.add({ match: { path: 'jobid=x$' }, action: { kind: 'status', status: 502 } });

    expect((await api.call('POST', IMAGINE, body)).status).toBe(500);
    expect((await api.call('GET', '/v2/jobs/?jobid=x')).status).toBe(502);
    expect((await api.call('GET', '/v2/jobs/?jobid=y')).status).toBe(404);
    api.faults.clear();
    expect((await api.call('POST', IMAGINE, body)).status).toBe(201);
  });

  it.each([
    [{ kind: 'garbage' }, 200, 'application/json'],
    [{ kind: 'garbage', contentType: 'image/png' }, 200, 'image/png'],
    [{ kind: 'empty' }, 200, 'application/json'],
    [{ kind: 'html' }, 200, 'text/html'],
    [{ kind: 'redirect', to: 'http://127.0.0.1:1/' }, 302, null],
  ] as const)('answers with %o', async (action, status, contentType) => {
    api = await startApi();
    api.faults.add({ match: {}, action });

    const answer = await api.call('GET', '/v2/jobs');

    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')?.split(';')[0] ?? null).toBe(contentType);
    expect(answer.body).toBeUndefined();
  });

  it.each([
    [false, 0],
    [true, 1],
  ])('answers never, and has done its work by then or never: %s', async (takesEffect, made) => {
    api = await startApi();
    api.faults.add({ match: { path: IMAGINE }, times: 1, takesEffect, action: { kind: 'hang' } });
    const gone = new AbortController();
    const call = fetch(`${api.url}${IMAGINE}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: gone.signal,
    }).catch(() => 'gone');

    await expect.poll(() => [api.faults.list().length, api.world.list().length]).toEqual([0, made]);
    gone.abort();

    expect(await call).toBe('gone');
    await expect.poll(() => api.requests.map(({ status }) => status)).toEqual([0]);
    expect(api.world.list()).toHaveLength(made);
  });

  it('cuts the connection before the request takes effect', async () => {
    api = await startApi();
    api.faults.add({ match: { path: IMAGINE }, times: 1, action: { kind: 'cut' } });

    await expect(api.call('POST', IMAGINE, body)).rejects.toThrow();

    expect(api.world.list()).toEqual([]);
    expect(api.requests[0]).toMatchObject({ method: 'POST', path: IMAGINE, status: 0 });
  });

  it.each(['before-response', 'mid-body'] as const)('cuts it %s after the job was made', async (after) => {
    api = await startApi();
    api.faults.add({ match: { path: IMAGINE }, times: 1, takesEffect: true, action: { kind: 'cut', after } });

    await expect(api.call('POST', IMAGINE, body)).rejects.toThrow();

    expect(api.world.list()).toHaveLength(1);
  });

  it('answers 504 although the job runs', async () => {
    api = await startApi();
    api.faults.add({ match: {}, takesEffect: true, times: 1, action: { kind: 'status', status: 504, body: 'late' } });

    const answer = await api.call('POST', IMAGINE, body);

    expect([answer.status, answer.text]).toEqual([504, 'late']);
    expect(answer.headers.get('content-type')).not.toContain('json');
    expect(api.world.running('v3')).toHaveLength(1);
  });

  it.each([
    ['before', false, 0],
    ['after', true, 1],
  ] as const)('waits %s the work is done', async (_, takesEffect, jobsMeanwhile) => {
    const clock = new HeldClock();
    api = await startApi({ clock });
    api.faults.add({ match: {}, takesEffect, action: { kind: 'delay', ms: 5000 } });
    const asleep = clock.nextSleep();

    const answer = api.call('POST', IMAGINE, body);
    await asleep;
    const meanwhile = api.world.list().length;
    await clock.pass(5000);

    expect((await answer).status).toBe(201);
    expect(meanwhile).toBe(jobsMeanwhile);
    expect(api.world.list()).toHaveLength(1);
  });

  it('does a delayed request whose caller gave up, and closes without waiting for it', async () => {
    const clock = new HeldClock();
    api = await startApi({ clock });
    api.faults.add({ match: {}, action: { kind: 'delay', ms: 600_000 } });
    const made = new Promise((resolve) => api.world.onChange(resolve));
    const asleep = clock.nextSleep();
    const givingUp = new AbortController();

    const answer = fetch(api.url + IMAGINE, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}` },
      body: JSON.stringify(body),
      signal: givingUp.signal,
    });
    await asleep;
    givingUp.abort();

    await expect(answer).rejects.toThrow();
    expect(await made).toMatchObject({ prompt: 'a cat' });
  });

  it('is steered over the control route, which stays out of the log', async () => {
    api = await startApi();
    const added = await api.call('POST', '/_sandbox/faults', {
      match: { path: '/v2/' },
      action: { kind: 'status', status: 500 },
    });
    const wrong = await api.call('POST', '/_sandbox/faults', { match: {}, action: { kind: 'explode' } });
    const noPattern = await api.call('POST', '/_sandbox/faults', { match: { path: '(' }, action: { kind: 'empty' } });
    const broken = await api.call('GET', '/v2/jobs?x=1');
    const cleared = await api.call('DELETE', '/_sandbox/faults');
    const fine = await api.call('GET', '/v2/jobs');
    const log = await api.call('GET', '/_sandbox/requests');

    expect([added.status, wrong.status, noPattern.status]).toEqual([201, 400, 400]);
    expect([broken.status, cleared.status, fine.status]).toEqual([500, 204, 200]);
    expect(log.body.map((record: { path: string; status: number }) => [record.path, record.status])).toEqual([
      ['/v2/jobs?x=1', 500],
      ['/v2/jobs', 200],
    ]);
    expect(log.text).not.toContain('Bearer');
    await api.call('DELETE', '/_sandbox/requests');
    expect(api.requests).toEqual([]);
  });

  it('refuses the control route to another website and the server to another host name', async () => {
    api = await startApi();
    const foreign = await fetch(`${api.url}/_sandbox/faults`, {
      method: 'DELETE',
      headers: { origin: 'http://evil.example' },
    });
    const rebound = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
      socket.on('data', (data) => resolve(data.toString()));
      socket.write('GET /_sandbox/requests HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    });

    expect(foreign.status).toBe(403);
    expect(rebound).toContain('403');
  });

  it.each([
    ['html', 200],
    ['redirect', 302],
    ['gone', 410],
  ] as const)('answers everything like a service that has ended: %s', async (service, status) => {
    api = await startApi({ switches: { service } });

    expect((await api.call('GET', '/v2/jobs')).status).toBe(status);
    expect((await api.call('POST', IMAGINE, body)).status).toBe(status);
  });
});
