import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { HealthServer, type Pages } from '../../src/health/health-server.ts';
import { AppError } from '../../src/shared/errors.ts';
import { aRecordingLogger } from '../recording-logger.ts';

const open: HealthServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const PAGES: Pages = {
  '/livez': async () => ({ status: 200, type: 'text/plain', body: 'ok\n' }),
  '/broken': () => Promise.reject(new Error('secret-token')),
};

async function listen(host = '127.0.0.1', port = 0) {
  const { logger, lines } = aRecordingLogger();
  const server = await HealthServer.listen({ host, port, pages: PAGES, logger });
  open.push(server);
  return { url: server.url, lines, server };
}

/** What comes back for bytes as they are, until the server hangs up. */
async function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return text(socket);
}

describe('HealthServer', () => {
  it('answers GET, whatever the query, and HEAD without a body', async () => {
    const { url } = await listen();
    const [got, asked, head] = await Promise.all([
      fetch(`${url}/livez`),
      fetch(`${url}/livez?verbose=1`),
      fetch(`${url}/livez`, { method: 'HEAD' }),
    ]);

    expect([got.status, await got.text(), got.headers.get('content-type')]).toEqual([200, 'ok\n', 'text/plain']);
    expect(asked.status).toBe(200);
    expect([head.status, await head.text(), head.headers.get('content-length')]).toEqual([200, '', '3']);
  });

  it.each(['/', '/metrics', '/__proto__', '/constructor', '//livez'])('does not know %s', async (path) => {
    const { url } = await listen();

    expect((await fetch(url + path)).status).toBe(404);
  });

  it('refuses every other method', async () => {
    const { url } = await listen();
    const answer = await fetch(`${url}/livez`, { method: 'POST', body: 'x'.repeat(100_000) });

    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('keeps no connection, and refuses a head that is too long', async () => {
    const { url } = await listen();
    const head = `GET /livez HTTP/1.1\r\nhost: ${new URL(url).host}\r\n`;

    expect(await sendRaw(url, `${head}connection: keep-alive\r\n\r\n`)).toMatch(/^HTTP\/1.1 200 .*connection: close/is);
    expect(await sendRaw(url, `${head}x: ${'y'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  });

  it('answers no web page that had its own name lead to loopback', async () => {
    const { url } = await listen();

    expect(await sendRaw(url, 'GET /livez HTTP/1.1\r\nhost: evil.example:9464\r\n\r\n')).toMatch(/^HTTP\/1.1 403 /);
  });

  it('says that a page failed, and why in the log alone', async () => {
    const { url, lines } = await listen();
    const answer = await fetch(`${url}/broken`);

    expect([answer.status, await answer.text()]).toEqual([500, 'failed\n']);
    expect(lines.join()).toContain('A page of health could not be made.');
  });

  it('says that its address is taken', async () => {
    const { url } = await listen();
    const thrown = await listen('127.0.0.1', Number(new URL(url).port)).catch((error: unknown) => error);

    expect(thrown).toBeInstanceOf(AppError);
    expect(String(thrown)).toContain('HEALTH_LISTEN: another program listens there.');
  });

  it('ends connections that say nothing when it is closed', async () => {
    const { url } = await listen();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    socket.resume();
    for (const server of open.splice(0)) await server.close();

    await ended;
  });
});
