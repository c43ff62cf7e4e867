import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { CallbackListener, type CallbackListenerOptions } from '../../src/callbacks/callback-listener.ts';
import { FakeClock } from '../fake-clock.ts';

const MIB = 1024 * 1024;
/** A head that is taken, with bytes that never come to an end. */
const UNENDING = `POST /right HTTP/1.1\r\nHost: x\r\nContent-Length: ${MIB}\r\n\r\n`;

describe('what listens for calls of backends', () => {
  const calls: { readonly ref: string; readonly body: unknown }[] = [];
  let listener: CallbackListener;
  let port = 0;
  let clock: FakeClock;

  afterEach(async () => {
    await listener.stop();
    calls.length = 0;
  });

  async function start(options: Partial<CallbackListenerOptions> = {}): Promise<void> {
    clock = new FakeClock();
    listener = new CallbackListener({
      clock,
      findRef: async (path) => (path === '/right' ? 'ref-1' : undefined),
      onCall: (ref, body) => calls.push({ ref, body }),
      ...options,
    });
    port = await listener.start({ host: '127.0.0.1', port: 0 }, 'REPLY_LISTEN');
  }

  const send = (path: string, body: string, method = 'POST') =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, ...(method === 'POST' && { body }) });

  /** Sends bytes as they are; resolves to all that comes back until the connection ends. */
  async function sendRaw(...parts: readonly string[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    for (const part of parts) socket.write(part);
    return text(socket).catch(() => '');
  }

  it('takes a call, and answers 200 without a word', async () => {
    await start();

    const answer = await send('/right', '{"jobid":"j1"}');

    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(calls).toEqual([{ ref: 'ref-1', body: { jobid: 'j1' } }]);
  });

  it('takes a body that is no JSON as one that says nothing', async () => {
    await start();

    const answers = await Promise.all(['', '{', '\u0000', 'null'].map((body) => send('/right', body)));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(calls.map(({ body }) => body ?? undefined)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each([
    ['POST', '/'],
    ['POST', '/wrong'],
    ['POST', '/right/'],
    ['GET', '/right'],
    ['PUT', '/right'],
    ['HEAD', '/right'],
    ['OPTIONS', '*'],
  ])('answers %s %s with 404 at once, and repeats nothing of it', async (method, path) => {
    await start();

    const answer = await sendRaw(`${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n<b>secret`);

    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(answer).toMatch(/\r\n\r\n$/);
    expect(answer).not.toMatch(/secret|right|wrong|<b>|x-powered|server:/i);
    expect(calls).toEqual([]);
  });

  it('answers 404 where it cannot be known which submission is meant', async () => {
    await start({ findRef: () => Promise.reject(new Error('the store is locked')) });

    expect((await send('/right', '{}')).status).toBe(404);
  });

  it('takes a body of 1 MiB, and cuts a larger one, whether or not its size is named', async () => {
    await start();
    const head = 'POST /right HTTP/1.1\r\nHost: x\r\n';
    const filled = JSON.stringify({ id: 'x'.repeat(MIB - 9) });

    expect(filled).toHaveLength(MIB);
    expect((await send('/right', filled)).status).toBe(200);
    expect(await sendRaw(`${head}Content-Length: ${MIB + 1}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
    const chunk = `${MIB.toString(16)}\r\n${'x'.repeat(MIB)}\r\n`;
    expect(await sendRaw(`${head}Transfer-Encoding: chunked\r\n\r\n`, chunk, chunk)).toMatch(/^HTTP\/1\.1 413 |^$/);
    expect(calls).toHaveLength(1);
  });

  it('reads no more than a few bodies of one submission at once, and takes the call all the same', async () => {
    await start({ findRef: async (path) => path.slice(1), limits: { atOnce: 2 } });
    const arriving = [1, 2].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
    for (const socket of arriving) socket.write(UNENDING + 'x'.repeat(1_000));
    const third = () => send('/right', '{"jobid":"j1"}').then(({ status }) => status);
    await expect.poll(third).toBe(429);

    expect((await send('/other', '{"jobid":"j2"}')).status).toBe(200);
    expect(calls.slice(-2)).toEqual([
      { ref: 'right', body: undefined },
      { ref: 'other', body: { jobid: 'j2' } },
    ]);

    for (const socket of arriving) socket.destroy();
    await expect.poll(third).toBe(200);
  });

  it('reads no more than so many bodies a second of one submission', async () => {
    await start({ limits: { burst: 3, perSecond: 1 } });
    const statuses = async (count: number) => {
      const seen: number[] = [];
      for (let n = 0; n < count; n += 1) seen.push((await send('/right', '{"id":"j1"}')).status);
      return seen;
    };

    expect(await statuses(5)).toEqual([200, 200, 200, 429, 429]);
    await clock.advance(2_000);
    expect(await statuses(3)).toEqual([200, 200, 429]);
    expect(calls.map(({ body }) => body !== undefined)).toEqual([
      ...[true, true, true, false, false],
      ...[true, true, false],
    ]);
  });

  it('holds so many bytes of all bodies together, and still takes small ones', async () => {
    await start({
      findRef: async (path) => path.slice(1),
      limits: { totalBytes: 2 * MIB, freeBytes: 1_000 },
      maxConnections: 200,
    });
    const sockets = Array.from({ length: 100 }, (_, at) => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.write(UNENDING.replace('/right', `/large-${at}`) + 'x'.repeat(MIB / 8));
      return socket;
    });
    const cut = () => calls.filter(({ ref, body }) => ref.startsWith('large') && body === undefined).length;
    await expect.poll(cut).toBeGreaterThanOrEqual(80);

    expect((await send('/small', '{"jobid":"j1"}')).status).toBe(200);
    expect(calls.at(-1)).toEqual({ ref: 'small', body: { jobid: 'j1' } });

    for (const socket of sockets) socket.destroy();
    const whole = JSON.stringify({ id: 'x'.repeat(MIB / 2) });
    await expect.poll(() => send('/whole', whole).then(({ status }) => status)).toBe(200);
  });

  it('cuts who sends too slowly, wherever the request stands', async () => {
    await start({ requestLimitMs: 200 });
    const head = 'POST /right HTTP/1.1\r\nHost: x\r\n';

    const answers = await Promise.all([
      sendRaw(''),
      sendRaw('POST /right'),
      sendRaw(head),
      sendRaw(`${head}Content-Length: 10\r\n\r\n{"a"`),
      sendRaw(`${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`),
    ]);

    for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1\.1 408 [\s\S]*\r\n\r\n)?$/);
    expect(calls).toEqual([]);
  });

  it('cuts who keeps sending a little', async () => {
    await start({ requestLimitMs: 300 });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('POST /right HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
    const dripping = setInterval(() => socket.write('x'), 20);

    // Not by `once`, which fails where a last byte meets the end of the connection.
    await new Promise((resolve) => socket.resume().on('close', resolve));
    clearInterval(dripping);

    expect(calls).toEqual([]);
  });

  it('cuts connections beyond the most, and takes calls again when others are gone', async () => {
    await start({ maxConnections: 3 });
    const sockets: Socket[] = [];
    for (let n = 0; n < 3; n += 1) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      sockets.push(socket);
    }

    expect(await sendRaw('POST /right HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}')).toBe('');
    for (const socket of sockets) socket.destroy();

    await expect
      .poll(() =>
        send('/right', '{}').then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  it('cuts headers that do not end', async () => {
    await start();

    const answer = await sendRaw(`POST /right HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n`);

    expect(answer).toMatch(/^(HTTP\/1\.1 431 [^x]*)?$/);
  });
});
