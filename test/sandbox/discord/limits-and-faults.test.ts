import { get } from 'node:http';
import { REST, RESTEvents } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type DiscordStandIn,
  type DiscordStandInOptions,
  startDiscordStandIn,
} from '../../../sandbox/discord/discord-stand-in.ts';
import { RateLimiter } from '../../../sandbox/discord/rest/rate-limits.ts';
import { sandboxIds as ids } from '../../../sandbox/discord/world/world-plan.ts';
import { refusalOf } from './real-client.ts';

const SEND = 'POST /channels/{channel_id}/messages';
const GENERAL = `/channels/${ids.general}/messages` as const;

describe('limits and faults', () => {
  let discord: DiscordStandIn;

  afterEach(async () => {
    await discord.close();
  });

  async function start(options: DiscordStandInOptions = {}): Promise<REST> {
    discord = await startDiscordStandIn(options);
    return new REST({ api: discord.apiUrl, retries: 0 }).setToken(discord.token);
  }

  function post(path: string, token: string | null = discord.token, signal?: AbortSignal): Promise<Response> {
    return fetch(`${discord.apiUrl}/v10${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bot ${token}` }) },
      body: JSON.stringify({ content: 'x' }),
      signal: signal ?? null,
    });
  }

  const sent = () => discord.people(ids.member).messages(ids.general).length;

  it('counts messages per channel, in buckets of their own, and refuses the sixth with 429', async () => {
    await start();
    const first = await Promise.all([1, 2, 3, 4, 5].map(() => post(GENERAL)));
    const sixth = await post(GENERAL);
    const elsewhere = await post(`/channels/${ids.showcase}/messages`);

    expect(first.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(sixth.status).toBe(429);
    expect(await sixth.json()).toMatchObject({ global: false, retry_after: expect.any(Number) });
    expect(sixth.headers.get('x-ratelimit-scope')).toBe('user');
    expect(sixth.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(elsewhere.status).toBe(200);
    expect(sent()).toBe(5);
  });

  it('makes the real client wait instead of failing', async () => {
    const rest = await start({ limits: { perChannel: { limit: 2, windowMs: 200 } } });

    await Promise.all([1, 2, 3, 4, 5].map((n) => rest.post(GENERAL, { body: { content: `${n}` } })));

    expect(sent()).toBe(5);
    expect(discord.requests.of(SEND).filter(({ status }) => status === 429)).toEqual([]);
  });

  it('refuses the fifty-first request of a second, wherever it goes', () => {
    const limiter = new RateLimiter();
    const ask = (n: number, now: number, isOpen = false) =>
      limiter.check({ route: 'GET /channels/{channel_id}', major: String(n), isOpen, now }).refused;
    const first = Array.from({ length: 50 }, (_, n) => ask(n, 1_000 + n));

    expect(first.every((refused) => refused === undefined)).toBe(true);
    expect(ask(51, 1_500)).toEqual({ retryAfterMs: 500, isGlobal: true });
    expect(ask(52, 1_500, true)).toBeUndefined();
    expect(ask(53, 2_000)).toBeUndefined();
  });

  it('shuts an address out after too many answers of 401, 403 and 429, without JSON', async () => {
    await start({ limits: { invalid: 3 } });
    const before: number[] = [];
    for (const token of ['wrong', discord.token, 'wrong', 'wrong']) before.push((await post(GENERAL, token)).status);

    const after = await post(GENERAL);

    expect(before).toEqual([401, 200, 401, 401]);
    expect([after.status, after.headers.get('x-ratelimit-limit')]).toEqual([429, null]);
    expect(Number(after.headers.get('retry-after'))).toBeGreaterThan(500);
    expect(await after.text()).toContain('1015');
  });

  it('lets the address in again after ten minutes', () => {
    const limiter = new RateLimiter({ invalid: 1 });
    const ask = (now: number) => limiter.check({ route: 'GET /gateway', major: '', isOpen: true, now }).shutOutForMs;
    limiter.noteAnswer(404, {}, 1_000);
    const unharmed = ask(1_000);
    limiter.noteAnswer(429, { 'X-RateLimit-Scope': 'shared' }, 1_000);
    const sharedHarms = ask(1_000) !== undefined;
    limiter.noteAnswer(403, {}, 1_000);

    expect(sharedHarms).toBe(false);
    expect([unharmed, ask(2_000), ask(601_000)]).toEqual([undefined, 599_000, undefined]);
  });

  it('answers only under its own host name', async () => {
    await start();
    const [hostname, port] = discord.cdnHost.split(':');
    const statusOf = (host: string) =>
      new Promise<number | undefined>((resolve) => {
        const options = { hostname, port, path: '/api/v10/gateway', headers: { host } };
        get(options, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
      });

    expect(await statusOf(discord.cdnHost)).toBe(200);
    expect(await statusOf('evil.example')).toBe(403);
  });

  it('answers 401 with 40001 to a wrong token', async () => {
    await start();

    const wrong = await post(GENERAL, 'wrong');
    const none = await post(GENERAL, null);

    expect([wrong.status, none.status]).toEqual([401, 401]);
    expect(await wrong.json()).toMatchObject({ code: 40001 });
    expect(sent()).toBe(0);
  });

  it('never logs a token', async () => {
    await start();
    await post('/interactions/123456789012345678/some-secret-token/callback');

    const log = JSON.stringify(discord.requests.list());

    expect(log).toContain('/interactions/123456789012345678/***/callback');
    expect(log).not.toContain('some-secret-token');
    expect(log).not.toContain(discord.token);
  });

  it('drops the connection after a message was accepted; its nonce finds it again', async () => {
    const rest = await start();
    const body = { content: 'x', nonce: 'n-1', enforce_nonce: true };
    discord.faults.add({ fault: { kind: 'cut-after' }, route: SEND, times: 1 });

    const lost = await refusalOf(rest.post(GENERAL, { body }));
    const found = await rest.post(GENERAL, { body });

    expect(lost.status).toBeUndefined();
    expect(sent()).toBe(1);
    expect(found).toMatchObject({ nonce: 'n-1', id: discord.people(ids.member).messages(ids.general)[0]?.id });
  });

  it('drops the connection before anything happened', async () => {
    await start();
    discord.faults.add({ fault: { kind: 'cut-before' }, route: SEND, times: 1 });

    await expect(post(GENERAL)).rejects.toThrow();

    expect(sent()).toBe(0);
    expect(discord.requests.of(SEND)[0]?.status).toBe(0);
  });

  it('fails in one channel alone where a fault names its path', async () => {
    await start();
    const path = `/channels/${ids.showcase}/`;
    discord.faults.add({ fault: { kind: 'status', status: 502 }, route: SEND, path });

    const here = await post(GENERAL);
    const there = await post(`/channels/${ids.showcase}/messages`);

    expect([here.status, there.status]).toEqual([200, 502]);
  });

  it('is down for matching routes until the fault is taken back', async () => {
    await start();
    const up = discord.faults.add({ fault: { kind: 'status', status: 502 }, route: /^POST \/channels/ });
    const during = await post(GENERAL);
    up();
    const after = await post(GENERAL);

    expect([during.status, after.status]).toEqual([502, 200]);
  });

  it('says 429 on demand and the real client tries again', async () => {
    const rest = await start();
    const limited = new Promise((resolve) => rest.once(RESTEvents.RateLimited, resolve));
    discord.faults.add({ fault: { kind: 'rate-limit', retryAfterMs: 20, isGlobal: true }, times: 1 });

    await rest.post(GENERAL, { body: { content: 'x' } });

    expect(await limited).toMatchObject({ global: true });
    expect(sent()).toBe(1);
  });

  it('delays an answer', async () => {
    await start();
    discord.faults.add({ fault: { kind: 'delay', ms: 60 }, times: 1 });

    await post(GENERAL);

    expect(discord.requests.of(SEND)[0]?.durationMs).toBeGreaterThanOrEqual(59);
  });

  it('does what is asked although nobody waits for it any more, and says when', async () => {
    await start();
    discord.faults.add({ fault: { kind: 'delay', ms: 1_000 }, route: SEND, times: 1 });
    const impatient = new AbortController();

    const reply = post(GENERAL, discord.token, impatient.signal);
    await expect.poll(() => discord.faults.list(), { interval: 5 }).toEqual([]);
    impatient.abort();
    await expect(reply).rejects.toThrow();
    expect(sent()).toBe(0);
    await discord.whenServed();

    expect(sent()).toBe(1);
  });

  it('does what is asked and loses only the answer to a 502 page', async () => {
    await start();
    const page = '<html><body>502 Bad Gateway</body></html>';
    discord.faults.add({ fault: { kind: 'status', status: 502, page, takesEffect: true }, route: SEND, times: 1 });

    const reply = await post(GENERAL);

    expect([reply.status, await reply.text(), reply.headers.get('content-type')]).toEqual([502, page, 'text/html']);
    expect(sent()).toBe(1);
  });

  it('does what is asked at once and answers late', async () => {
    await start();
    discord.faults.add({ fault: { kind: 'delay', ms: 60_000, isAnswerLate: true }, route: SEND, times: 1 });
    const impatient = new AbortController();

    const reply = post(GENERAL, discord.token, impatient.signal);
    await expect.poll(sent).toBe(1);
    impatient.abort();

    await expect(reply).rejects.toThrow();
  });

  it('takes a body in at the speed of a slow line', async () => {
    const rest = await start();
    discord.faults.add({ fault: { kind: 'slow-uplink', bytesPerSecond: 400_000 }, route: SEND, times: 1 });
    const file = { name: 'a.bin', data: Buffer.alloc(40_000, 1), contentType: 'application/octet-stream' };

    const begunAt = performance.now();
    await rest.post(GENERAL, { body: { content: 'x' }, files: [file] });

    expect(performance.now() - begunAt).toBeGreaterThanOrEqual(99);
    expect(discord.people(ids.member).messages(ids.general)[0]?.attachments[0]?.size).toBe(40_000);
  });

  it('answers a deletion without a JSON content type', async () => {
    const rest = await start();
    const { id } = (await rest.post(GENERAL, { body: { content: 'x' } })) as { id: string };
    const headers = { authorization: `Bot ${discord.token}` };

    const reply = await fetch(`${discord.apiUrl}/v10${GENERAL}/${id}`, { method: 'DELETE', headers });

    expect(reply.status).toBe(204);
    expect(reply.headers.get('content-type')).toBeNull();
  });
});
