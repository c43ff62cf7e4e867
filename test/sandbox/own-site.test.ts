import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';
import { type DiscordStandIn, startDiscordStandIn } from '../../sandbox/discord/discord-stand-in.ts';
import { startUseapiStandIn, type UseapiStandIn } from '../../sandbox/useapi/useapi-stand-in.ts';
import { send } from './page/page-client.ts';

let discord: DiscordStandIn;
let useapi: UseapiStandIn;

beforeAll(async () => {
  discord = await startDiscordStandIn({ limits: 'off' });
  useapi = await startUseapiStandIn({ speed: 0 });
});

afterAll(async () => {
  await discord.close();
  await useapi.close();
});

/** Headers that a browser sets for a page of another website; each alone is enough. */
const OTHER_WEBSITES: readonly (readonly [string, Record<string, string>])[] = [
  ['another Origin', { Origin: 'https://evil.example' }],
  ['an Origin of another local port', { Origin: 'http://127.0.0.1:1' }],
  ['an Origin of null', { Origin: 'null' }],
  ['a cross-site fetch', { 'Sec-Fetch-Site': 'cross-site' }],
  ['a fetch from another port', { 'Sec-Fetch-Site': 'same-site' }],
  ['a name that was rebound', { Host: 'evil.example' }],
  ['another port in the Host', { Host: '127.0.0.1:1' }],
];

const CONTENT = { method: 'POST', body: '{"content":"from another website"}' };

describe('another website in the same browser', () => {
  it.each(OTHER_WEBSITES)('cannot ask the stand-in of Discord: %s', async (_what, headers) => {
    const hook = `${discord.apiUrl}/v10/webhooks/${discord.applicationId}/a-token`;
    const own = { Authorization: `Bot ${discord.token}`, 'Content-Type': 'text/plain' };
    const seen = discord.requests.list().length;

    const me = await send(`${discord.apiUrl}/v10/users/@me`, { headers: { ...own, ...headers } });
    const posted = await send(hook, { ...CONTENT, headers: { 'Content-Type': 'text/plain', ...headers } });
    const file = `http://${discord.cdnHost}/attachments/1/2/3.png`;
    const changed = await send(file, { method: 'POST', headers });

    expect([me.status, posted.status, changed.status]).toEqual([403, 403, 403]);
    expect(discord.requests.list().length).toBe(seen);
  });

  it.each(OTHER_WEBSITES)('cannot ask the stand-in of the API: %s', async (_what, headers) => {
    const own = { Authorization: `Bearer ${useapi.token}`, 'Content-Type': 'text/plain' };
    const ask = (method: string, path: string) =>
      send(`${useapi.url}${path}`, { method, headers: { ...own, ...headers }, body: method === 'POST' ? '{}' : '' });

    const answers = await Promise.all([
      ask('GET', '/v3/midjourney/jobs'),
      ask('POST', '/v3/midjourney/jobs/imagine'),
      ask('GET', '/_sandbox/requests'),
      ask('POST', '/_sandbox/faults'),
      ask('DELETE', '/_sandbox/faults'),
    ]);

    expect(answers.map((answer) => answer.status)).toEqual([403, 403, 403, 403, 403]);
    expect(useapi.requests).toEqual([]);
  });

  it.each(OTHER_WEBSITES.filter(([, headers]) => !('Sec-Fetch-Site' in headers)))(
    'cannot open the gateway: %s',
    async (_what, headers) => {
      expect(await openGateway('/gateway?v=10&encoding=json', { headers })).toBe(403);
    },
  );

  it('cannot open the gateway with its own Origin either: no page uses it', async () => {
    expect(await openGateway('/gateway', { origin: `http://${discord.cdnHost}` })).toBe(403);
  });
});

describe('a program on this machine', () => {
  it('may ask under both names of loopback', async () => {
    const port = discord.cdnHost.split(':')[1];
    const headers = { Authorization: `Bot ${discord.token}`, Host: `localhost:${port}` };

    expect((await send(`${discord.apiUrl}/v10/users/@me`, { headers })).status).toBe(200);
    expect(await openGateway('/gateway?v=10&encoding=json', { headers: { Host: `localhost:${port}` } })).toBe(101);
  });

  it('does not end the stand-in with an address that is none', async () => {
    expect(await openGateway('//', {})).toBe(503);
    expect(await openGateway('/gateway', {})).toBe(101);
  });

  it('needs a token that is a new one at each start', async () => {
    const other = await startDiscordStandIn({ limits: 'off' });
    const otherApi = await startUseapiStandIn({ speed: 0 });
    await other.close();
    await otherApi.close();

    expect(other.token).not.toBe(discord.token);
    expect(otherApi.token).not.toBe(useapi.token);
  });
});

/** The HTTP status with which the gateway takes or refuses a connection. */
function openGateway(path: string, options: ClientOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const socket = new WebSocket(`ws://${discord.cdnHost}${path}`, options);
  socket.on('open', () => {
    resolve(101);
    socket.close();
  });
  socket.on('unexpected-response', (_request, response) => {
    resolve(response.statusCode ?? 0);
    response.destroy();
  });
  socket.on('error', reject);
  return promise;
}
