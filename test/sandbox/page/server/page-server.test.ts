import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Page, startPage } from '../../../../sandbox/page/server/page-server.ts';
import { aMessage, FakeWorld, GENERAL, MEMBER, OWNER, STAFF } from '../fake-world.ts';
import { EventReader, post, send } from '../page-client.ts';

let world: FakeWorld;
let page: Page;
const readers: EventReader[] = [];

beforeEach(async () => {
  world = new FakeWorld();
  page = await startPage({ world, port: 0, about: ['Discord is a stand-in.'] });
});

afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  await page.close();
});

async function openAs(userId: string): Promise<EventReader> {
  const reader = await EventReader.open(page.url, userId);
  readers.push(reader);
  return reader;
}

const aCommand = { as: MEMBER, channelId: GENERAL, action: 'a1', path: 'jobs', options: {} };

describe('who may ask', () => {
  it.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '[::1]:1'])(
    'refuses Host %j',
    async (host) => {
      const answers = await Promise.all(
        ['/', '/api/people', `/events?as=${MEMBER}`].map((path) =>
          send(`${page.url}${path}`, { headers: { Host: host } }),
        ),
      );

      expect(answers.map((answer) => answer.status >= 400 && answer.status < 500)).toEqual([true, true, true]);
    },
  );

  it.each(['GET / HTTP/1.0\r\n\r\n', 'GET / HTTP/1.0\r\nHost:\r\n\r\n'])(
    'refuses %j, without a Host',
    async (request) => {
      const socket = connect(page.port, '127.0.0.1');
      socket.end(request);

      const answer = await text(socket);

      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    },
  );

  it('takes localhost for a name of its own', async () => {
    const answer = await send(`${page.url}/`, { headers: { Host: `localhost:${page.port}` } });

    expect(answer.status).toBe(200);
  });

  it.each([
    ['no Origin', { Origin: '' }],
    ["another website's Origin", { Origin: 'https://evil.example' }],
    ['another local port', { Origin: 'http://127.0.0.1:1' }],
    ['an Origin of null', { Origin: 'null' }],
    ['the right Origin but a cross-site fetch', { 'Sec-Fetch-Site': 'cross-site' }],
    ['the right Origin but the same site only', { 'Sec-Fetch-Site': 'same-site' }],
  ])('lets nothing be done with %s', async (_what, headers) => {
    const answer = await post(page, '/api/command', aCommand, headers);

    expect([answer.status, world.deeds]).toEqual([403, []]);
  });

  it('lets the page itself act', async () => {
    const answer = await post(page, '/api/command', aCommand, { 'Sec-Fetch-Site': 'same-origin' });

    expect([answer.status, world.deeds.length]).toEqual([202, 1]);
  });

  it('does not take a form or a plain text for an action', async () => {
    const answer = await post(page, '/api/command', aCommand, { 'Content-Type': 'text/plain' });

    expect([answer.status, world.deeds]).toEqual([400, []]);
  });
});

describe('what is served', () => {
  it.each(['/', '/client/main.ts', '/client/style.css', '/api/people', '/nowhere'])(
    'sends a strict policy with %s',
    async (path) => {
      const { headers } = await send(`${page.url}${path}`);

      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toEqual([
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ]);
      expect(headers['x-content-type-options']).toBe('nosniff');
    },
  );

  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['', undefined],
  ])('compresses its files for one who accepts %j', async (accepted, encoding) => {
    const { headers, body } = await send(`${page.url}/client/main.ts`, { headers: { 'Accept-Encoding': accepted } });
    const again = { 'Accept-Encoding': accepted, 'If-None-Match': String(headers['etag']) };

    expect([headers['content-encoding'], headers['vary']]).toEqual([encoding, 'Accept-Encoding']);
    expect(body.includes('import ')).toBe(encoding === undefined);
    expect((await send(`${page.url}/client/main.ts`, { headers: again })).status).toBe(304);
  });

  it('counts what a member has not seen until it is looked at', async () => {
    world.emit({ kind: 'message', channelId: GENERAL, message: aMessage(), isNew: true });
    const unread = async () => JSON.parse((await send(`${page.url}/api/state?as=${MEMBER}`)).body).unread;
    const before = await unread();

    await post(page, '/api/read', { as: MEMBER, channelId: GENERAL });

    expect([before, await unread()]).toEqual([{ [GENERAL]: { messages: 1, mentions: 0 } }, {}]);
  });

  it('gives a refused request the same headers', async () => {
    const { status, headers } = await send(`${page.url}/`, { headers: { Host: 'evil.example' } });

    expect([status, headers['x-content-type-options']]).toEqual([421, 'nosniff']);
  });

  it('serves the client as JavaScript', async () => {
    const { headers, body } = await send(`${page.url}/client/h.ts`);

    expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(body).toContain('export function fill(element');
    expect(body).not.toContain(': HTMLElement');
  });

  it.each(['/client/..%2fpage-server.ts', '/client/nothing.ts', '/client/%2e%2e/page-server.ts', '/page-server.ts'])(
    'has nothing at %s',
    async (path) => {
      expect((await send(`${page.url}${path}`)).status).toBe(404);
    },
  );

  it('serves a picture in place and an uploaded page as a download', async () => {
    const bytes = new TextEncoder().encode('<script>alert(1)</script>');
    world.files.set('/attachments/1/2/grid.webp', { name: 'grid.webp', contentType: 'image/webp', bytes });
    world.files.set('/attachments/1/2/page.html', { name: 'page.html', contentType: 'text/html', bytes });
    world.files.set('/attachments/1/2/a.svg', { name: 'a.svg', contentType: 'image/svg+xml', bytes });

    const names = ['grid.webp', 'page.html', 'a.svg'];
    const answers = await Promise.all(names.map((name) => send(`${page.url}/files/attachments/1/2/${name}`)));

    expect(
      answers.map(({ headers }) => [headers['content-type'], String(headers['content-disposition']).split(';')[0]]),
    ).toEqual([
      ['image/webp', 'inline'],
      ['application/octet-stream', 'attachment'],
      ['application/octet-stream', 'attachment'],
    ]);
  });

  it('serves the part of a video that a player asks for', async () => {
    const bytes = new TextEncoder().encode('0123456789');
    world.files.set('/attachments/1/2/a.mp4', { name: 'a.mp4', contentType: 'video/mp4', bytes });
    const url = `${page.url}/files/attachments/1/2/a.mp4`;

    const answers = await Promise.all(
      ['bytes=2-4', 'bytes=7-', 'bytes=-2', 'bytes=99-'].map((Range) => send(url, { headers: { Range } })),
    );

    expect(answers.map((answer) => [answer.status, answer.body])).toEqual([
      [206, '234'],
      [206, '789'],
      [206, '89'],
      [200, '0123456789'],
    ]);
    expect(answers[0]?.headers['content-range']).toBe('bytes 2-4/10');
  });

  it('shows a member only the channels and messages that are theirs', async () => {
    world.post(STAFF, aMessage({ content: 'for staff' }));
    world.post(GENERAL, aMessage({ content: 'for all' }));
    world.post(GENERAL, aMessage({ content: 'for the owner', flags: 64 }), OWNER);
    const read = async (as: string, channel: string) => {
      const { status, body } = await send(`${page.url}/api/messages?as=${as}&channel=${channel}`);
      return [status, JSON.parse(body).messages?.map((message: { content: string }) => message.content)];
    };

    const seen = await Promise.all([
      read(MEMBER, GENERAL),
      read(OWNER, GENERAL),
      read(MEMBER, STAFF),
      read('1', GENERAL),
    ]);

    expect(seen).toEqual([
      [200, ['for all']],
      [200, ['for all', 'for the owner']],
      [404, undefined],
      [404, undefined],
    ]);
  });

  it('offers each subcommand as a command of its own', async () => {
    const job = { type: 3, name: 'job', description: 'Which', required: true, autocomplete: true };
    world.commandList.push(
      { name: 'job', description: 'Jobs', options: [{ type: 1, name: 'show', description: 'Shows', options: [job] }] },
      { name: 'Show job', type: 3 },
    );

    const { body } = await send(`${page.url}/api/commands?as=${MEMBER}&channel=${GENERAL}`);

    expect(JSON.parse(body)).toEqual({
      slash: [
        {
          path: 'job show',
          description: 'Shows',
          options: [
            { name: 'job', description: 'Which', type: 3, isRequired: true, hasAutocomplete: true, choices: [] },
          ],
        },
      ],
      user: [],
      message: ['Show job'],
    });
  });

  it('shows the commands of a channel only to one who sees it', async () => {
    const answers = await Promise.all(
      [MEMBER, OWNER, '1'].map((as) => send(`${page.url}/api/commands?as=${as}&channel=${STAFF}`)),
    );

    expect(answers.map((answer) => answer.status)).toEqual([404, 200, 404]);
  });

  it('leads the addresses of files to its own origin, and leaves links alone', async () => {
    const url = 'http://127.0.0.1:5000/attachments/1/2/grid.webp?ex=1';
    const components = [
      { type: 12, items: [{ media: { url, proxy_url: url } }, { media: { url: 'https://example.org/a.png' } }] },
      { type: 1, components: [{ type: 2, style: 5, label: 'Open', url }] },
    ];
    world.post(GENERAL, aMessage({ components, attachments: [{ id: '2', filename: 'grid.webp', url }] }));

    const { body } = await send(`${page.url}/api/messages?as=${MEMBER}&channel=${GENERAL}`);

    const [message] = JSON.parse(body).messages;
    expect(message.attachments[0].url).toBe('/files/attachments/1/2/grid.webp');
    expect(message.components[0].items[0].media).toEqual({
      url: '/files/attachments/1/2/grid.webp',
      proxy_url: '/files/attachments/1/2/grid.webp',
    });
    expect(message.components[0].items[1].media.url).toBe('https://example.org/a.png');
    expect(message.components[1].components[0].url).toBe(url);
  });
});

describe('starting and ending', () => {
  it('says so where the last port of all is taken', async ({ onTestFinished }) => {
    const other = createServer();
    onTestFinished(() => void other.close());
    // The same test in another checkout has it for a moment.
    await expect.poll(() => once(other.listen(65_535, '127.0.0.1'), 'listening')).toEqual([]);

    const refused = startPage({ world, port: 65_535, about: [] });

    await expect(refused).rejects.toMatchObject({
      code: 'sandbox-no-port',
      message: 'SANDBOX_PORT: Port 65535 is not free; set another one, or 0 for any.',
    });
  });

  it('moves to the next free port when its own is taken, and says so', async () => {
    const second = await startPage({ world, port: page.port, about: [] });

    const answer = await send(`${second.url}/api/people`);
    await second.close();

    expect([second.moved, second.port > page.port, answer.status]).toEqual([true, true, 200]);
    expect(page.moved).toBe(false);
  });

  it('ends although a stream is open, and leaves the world alone', async () => {
    await openAs(MEMBER);
    const before = world.listenerCount;

    await page.close();

    expect([before, world.listenerCount]).toEqual([1, 0]);
    await expect(send(`${page.url}/api/people`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
