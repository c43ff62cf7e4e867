import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Transport } from '../../../src/backends/http/transport.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';

const AHEAD_MS = 90_000;
const READ = { method: 'GET', path: '/', endpoint: 'GET /', isWrite: false } as const;

let saysTime = true;
const server = createServer((_request, response) => {
  response.sendDate = false;
  if (saysTime) response.setHeader('date', new Date(Date.now() + AHEAD_MS).toUTCString());
  response.setHeader('content-type', 'application/json').end('{}');
});
let transport: Transport;

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}`;
  transport = new Transport({ baseUrl, secretHeaders: {}, clock: systemClock, logger: silentLogger });
});
afterEach(async () => {
  await transport.close();
  server.close();
});

const send = () => transport.send(READ, { signal: new AbortController().signal, deadlineAt: () => Infinity });

it('knows by how much the clock of a server is ahead, from its answers', async () => {
  saysTime = true;
  await send();

  expect(Math.abs((transport.clockAheadMs ?? 0) - AHEAD_MS)).toBeLessThan(5_000);
});

it('knows nothing of the clock of a server that does not say', async () => {
  saysTime = false;
  await send();

  expect(transport.clockAheadMs).toBeUndefined();
});
