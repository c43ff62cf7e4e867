import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { UseapiClient } from '../../../src/backends/useapi/client.ts';
import { sendJson, startApiServer } from '../api-server.ts';
import { type ClientRig, ClientRigs, rejection } from './client-rig.ts';
import { V2_ID, V3_ID, v2Job, v3Job, v3List } from './records.ts';

const rigs = new ClientRigs();
afterEach(() => rigs.close());

type Fault = (response: ServerResponse, socket: Socket) => void;
const WRITES: readonly { name: string; write(client: UseapiClient): Promise<unknown> }[] = [
  { name: 'v2 imagine', write: (client) => client.submit({ board: 'v2', prompt: 'x' }) },
  { name: 'v3 imagine', write: (client) => client.submit({ board: 'v3', prompt: 'x' }) },
  { name: 'v2 button', write: (client) => client.press({ jobid: V2_ID, button: 'U1' }) },
  { name: 'v3 button', write: (client) => client.press({ jobid: V3_ID, button: 'U1' }) },
  { name: 'v2 cancel, a GET', write: (client) => client.cancel(V2_ID) },
  { name: 'v3 cancel, a DELETE', write: (client) => client.cancel(V3_ID) },
  { name: 'v2 reset', write: (client) => client.resetChannel('v2', '1') },
  { name: 'v3 reset', write: (client) => client.resetChannel('v3', '1') },
];
const TIMED_OUT = 'no answer in time';
/** How long a connection may take where nobody says. */
const DEFAULT_CONNECT_MS = 10_000;
const FAULTS: readonly { name: string; fault: Fault }[] = [
  ...[500, 502, 503, 504, 596, 301, 401, 402, 422].map((status) => ({
    name: `${status}`,
    fault: (response: ServerResponse) => sendJson(response, status, {}),
  })),
  { name: 'a cut connection', fault: (_response, socket) => void socket.destroy() },
  { name: 'a reset connection', fault: (_response, socket) => void socket.resetAndDestroy() },
  {
    name: 'a connection reset in the middle of the answer',
    fault: (response, socket) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{', () => socket.resetAndDestroy());
    },
  },
  { name: TIMED_OUT, fault: () => undefined },
];
/** Real time-outs take half a second each, so one write of each kind has to do. */
const TRIED_WITH_TIME_OUT = ['v3 imagine', 'v2 cancel, a GET'];
const ROWS = WRITES.flatMap(({ name, write }) =>
  FAULTS.filter((fault) => fault.name !== TIMED_OUT || TRIED_WITH_TIME_OUT.includes(name)).map(
    ({ name: on, fault }) => ({
      write,
      fault,
      name: `${name} on ${on}`,
    }),
  ),
);

describe('the money rule', () => {
  it.each(ROWS)('sends once: $name', async ({ write, fault }) => {
    const { client, server } = await rigs.start((response, _request, socket) => fault(response, socket), {
      writeHeadersTimeoutMs: 50,
      retryDelayMs: 0,
    });

    await rejection(write(client));

    expect(server.requests).toHaveLength(1);
  });

  it.each(WRITES)('sends again after a 429: $name', async ({ write }) => {
    let isBusy = true;
    const { client, server, clock } = await rigs.start((response, request) => {
      if (isBusy) sendJson(response, 429, {}, { 'retry-after': '12' });
      else sendJson(response, 200, request.path.startsWith('/v2') ? v2Job : v3Job);
      isBusy = false;
    });

    const done = write(client);
    await clock.untilSleeping(2);
    await clock.advance(11_999);
    const before = server.requests.length;
    await clock.advance(2_000);
    await done;

    expect(before).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    [0, 10_000],
    [1, 30_000],
  ])('waits ten to thirty seconds after a 429 that names no time (by chance of %d: %i ms)', async (chance, waitMs) => {
    const { client, server, clock } = await rigs.start((response) => sendJson(response, 429, {}), {
      maxRetries: 1,
      random: () => chance,
    });

    const failed = rejection(client.submit({ board: 'v3', prompt: 'x' }));
    await clock.untilSleeping(2);
    const slept = clock.sleeping[0];
    await clock.advance(waitMs);

    expect(slept).toBe(waitMs);
    expect(await failed).toMatchObject({ code: 'backend-busy' });
    expect(server.requests).toHaveLength(2);
  });

  it('sends nothing where no connection can be made, whatever the reason is called', async () => {
    const { client, clock } = rigs.connect('http://255.255.255.255:9', { maxRetries: 1 });

    const failed = rejection(client.submit({ board: 'v3', prompt: 'x' }));
    await clock.untilSleeping(2);
    await clock.advance(300);

    const error = await failed;
    expect(error).toMatchObject({ code: 'backend-unreachable', mayHaveWritten: false });
    expect(error).not.toMatchObject({ reason: 'ECONNREFUSED' });
  });

  it(
    'gives up a connection that is not made in time, and has sent nothing',
    async () => {
      const silent = createServer();
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as AddressInfo;
      // Whoever never answers the TLS handshake never lets the connection come about.
      const { client } = rigs.connect(`https://127.0.0.1:${port}`, { maxRetries: 0, connectTimeoutMs: 50 });

      const error = await rejection(client.submit({ board: 'v3', prompt: 'x' }));
      await client.close();
      silent.close();

      expect(error).toMatchObject({
        code: 'backend-unreachable',
        reason: 'UND_ERR_CONNECT_TIMEOUT',
        mayHaveWritten: false,
      });
    },
    DEFAULT_CONNECT_MS - 500,
  );

  it('hands a 429 at once to those who wait on their own', async () => {
    const { client, server } = await rigs.start((response) => sendJson(response, 429, {}, { 'retry-after': '12' }));

    const error = await rejection(client.submit({ board: 'v3', prompt: 'x', isBusyFinal: true }));

    expect(error).toMatchObject({ code: 'backend-busy', retryAfterMs: 12_000 });
    expect(server.requests).toHaveLength(1);
  });

  it('sends again when the connection was refused', async () => {
    const server = await startApiServer((response) => sendJson(response, 201, v3Job));
    await server.close();
    const { client, clock } = rigs.connect(server.url, { maxRetries: 2 });

    const failed = rejection(client.submit({ board: 'v3', prompt: 'x' }));
    await clock.untilSleeping(2);
    const firstWait = clock.sleeping[0];
    await clock.advance(300);
    await clock.untilSleeping(2);
    await clock.advance(600);
    const error = await failed;

    expect(firstWait).toBe(300);
    expect(error).toMatchObject({ code: 'backend-unreachable', reason: 'ECONNREFUSED', mayHaveWritten: false });
  });

  it('distinguishes a write given up in flight from one given up before it', async () => {
    const { client, server } = await rigs.start(() => undefined);
    const gone = AbortSignal.abort(new Error('gone'));
    const controller = new AbortController();

    const before = await rejection(client.submit({ board: 'v3', prompt: 'x', signal: gone }));
    const inFlight = rejection(client.submit({ board: 'v3', prompt: 'x', signal: controller.signal }));
    await server.untilRequests(1);
    controller.abort();

    expect(before).toMatchObject({ message: 'gone' });
    expect(await inFlight).toMatchObject({ code: 'backend-outcome-unknown', mayHaveWritten: true, reason: 'aborted' });
    expect(server.requests).toHaveLength(1);
  });

  it('ends a write at its deadline as of unknown outcome', async () => {
    const { client, server, clock } = await rigs.start(() => undefined);

    const failed = rejection(client.submit({ board: 'v3', prompt: 'x', deadlineMs: 20_000 }));
    await server.untilRequests(1);
    await clock.advance(20_000);

    expect(await failed).toMatchObject({ code: 'backend-outcome-unknown', reason: 'deadline' });
  });
});

describe('retries of reads', () => {
  const TROUBLES: readonly { name: string; fault: Fault }[] = [
    ...[429, 500, 502, 503, 504].map((status) => ({
      name: `${status}`,
      fault: (response: ServerResponse) => sendJson(response, status, {}),
    })),
    { name: 'a cut connection', fault: (_response, socket) => void socket.destroy() },
    { name: 'a time-out', fault: () => undefined },
  ];

  it.each(TROUBLES)('reads again after $name', async ({ fault }) => {
    let isWell = false;
    const options = { readHeadersTimeoutMs: 50 };
    const { client, server, clock } = await rigs.start((response, _request, socket) => {
      if (isWell) sendJson(response, 200, v3List);
      else fault(response, socket);
      isWell = true;
    }, options);

    const reading = client.listRunning('v3');
    await clock.untilSleeping(2);
    await clock.advance(300);

    expect((await reading).total).toBe(2);
    expect(server.requests).toHaveLength(2);
  });

  it.each([400, 401, 402, 404, 410, 422, 596])('does not read again after %i', async (status) => {
    const { client, server } = await rigs.start((response) => sendJson(response, status, {}));

    const error = await rejection(client.readJob(V3_ID));

    expect(error).toMatchObject({ status });
    expect(server.requests).toHaveLength(1);
  });

  it('gives up after three retries that wait longer each time', async () => {
    const { client, server, clock } = await rigs.start((response) => sendJson(response, 503, {}));
    const waits: (number | undefined)[] = [];

    const failed = rejection(client.readJob(V3_ID));
    for (let retry = 0; retry < 3; retry += 1) await waitOnce({ client, server, clock }, waits);

    expect(await failed).toMatchObject({ code: 'backend-server' });
    expect(server.requests).toHaveLength(4);
    expect(waits).toEqual([300, 600, 1200]);
  });

  it.each([
    ['seconds', '3', 3_150],
    ['a date', 'Thu, 23 Oct 2025 14:16:03 GMT', 3_150],
    ['a date of the past', 'Thu, 23 Oct 2025 14:15:00 GMT', 150],
    ['nonsense', 'tomorrow, maybe', 300],
  ])('waits as Retry-After says in %s', async (_name, header, waitMs) => {
    let isBusy = true;
    const { client, clock } = await rigs.start((response) => {
      sendJson(response, isBusy ? 429 : 200, isBusy ? {} : v3List, { 'retry-after': header });
      isBusy = false;
    });

    const reading = client.listRunning('v3');
    await clock.untilSleeping(2);
    const slept = clock.sleeping[0];
    await clock.advance(waitMs);

    await reading;
    expect(slept).toBe(waitMs);
  });

  it('waits no longer than the cap, and says what was asked', async () => {
    const { client, clock } = await rigs.start((response) => sendJson(response, 429, { retryAfter: 120 }), {
      maxRetries: 1,
    });

    const failed = rejection(client.submit({ board: 'v3', prompt: 'x' }));
    await clock.untilSleeping(2);
    const slept = clock.sleeping[0];
    await clock.advance(30_150);

    expect(slept).toBe(30_150);
    expect(await failed).toMatchObject({ code: 'backend-busy', retryAfterMs: 120_000 });
  });

  it('fails at once where Retry-After lies behind the deadline', async () => {
    const { client, server } = await rigs.start((response) => sendJson(response, 429, {}, { 'retry-after': '20' }));

    const error = await rejection(client.readJob(V3_ID));

    expect(error).toMatchObject({ code: 'backend-rate-limited', retryAfterMs: 20_000 });
    expect(server.requests).toHaveLength(1);
  });

  it('ends a read after ten seconds in total', async () => {
    const { client, server, clock } = await rigs.start(() => undefined);

    const failed = rejection(client.readJob(V3_ID));
    await server.untilRequests(1);
    await clock.advance(9_999);
    const asleep = clock.sleeping.length;
    await clock.advance(1);

    expect(asleep).toBe(1);
    expect(await failed).toMatchObject({ code: 'backend-timed-out', reason: 'deadline', mayHaveWritten: false });
  });
});

async function waitOnce({ clock }: ClientRig, waits: (number | undefined)[]): Promise<void> {
  await clock.untilSleeping(2);
  waits.push(clock.sleeping[0]);
  await clock.advance(clock.sleeping[0] ?? 0);
}
