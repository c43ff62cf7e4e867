import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { BackendError } from '../../../src/backends/backend-errors.ts';
import { sendJson } from '../api-server.ts';
import { ClientRigs, rejection } from './client-rig.ts';
import { TOKEN, V2_ID, V3_ID, v2Job, v3Job } from './records.ts';

const rigs = new ClientRigs();
afterEach(() => rigs.close());

/** Stands in every broken body and must never be seen in an error. */
const SECRET = 'NobodyMayReadThisBody';

type Answer = (response: ServerResponse, socket: Socket) => void;
const json = (status: number, body: unknown, headers: object = {}): Answer => {
  return (response) => sendJson(response, status, body, headers);
};
const raw = (status: number, type: string | undefined, body: string): Answer => {
  return (response) => void response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body);
};
const bytes = (text: string): Answer => {
  return (_response, socket) => void socket.end(text);
};

type BrokenRow = readonly [name: string, answer: Answer, code: string, status?: number];
interface Broken {
  readonly name: string;
  readonly answer: Answer;
  readonly code: string;
  readonly status: number | undefined;
}
function toBroken([name, answer, code, status]: BrokenRow): Broken {
  return { name, answer, code, status };
}

const ROWS: readonly BrokenRow[] = [
  ['400', json(400, { error: SECRET, code: 400 }), 'backend-invalid-request', 400],
  ['401', json(401, { error: 'Unauthorized' }), 'backend-unauthorized', 401],
  ['401 as HTML', raw(401, 'text/html', `<h1>${SECRET}</h1>`), 'backend-unauthorized', 401],
  ['402', json(402, { error: SECRET }), 'backend-subscription', 402],
  ['403', json(403, { error: SECRET }), 'backend-unexpected-status', 403],
  ['404', json(404, { error: `Unable to locate job ${SECRET}` }), 'backend-not-found', 404],
  ['404 with code 200 in the body', json(404, { code: 200, status: 'completed' }), 'backend-not-found', 404],
  ['405', json(405, {}), 'backend-unexpected-status', 405],
  ['409', json(409, { error: SECRET }), 'backend-conflict', 409],
  ['410', json(410, { error: SECRET }), 'backend-expired', 410],
  ['418', raw(418, 'text/plain', SECRET), 'backend-unexpected-status', 418],
  ['422', json(422, { error: SECRET }), 'backend-rejected-prompt', 422],
  ['429', json(429, { error: SECRET }), 'backend-rate-limited', 429],
  ['429 with an absurd Retry-After', json(429, {}, { 'retry-after': 'soon' }), 'backend-rate-limited', 429],
  ['500', json(500, { error: SECRET }), 'backend-server', 500],
  ['502 as HTML', raw(502, 'text/html', `<h1>${SECRET}</h1>`), 'backend-server', 502],
  ['503 without a body', raw(503, undefined, ''), 'backend-server', 503],
  ['504', raw(504, 'text/html', SECRET), 'backend-may-be-running', 504],
  ['596', json(596, { error: SECRET }), 'backend-account-blocked', 596],
  ['599', json(599, { error: SECRET }), 'backend-server', 599],
  ['600', json(600, { error: SECRET }), 'backend-unexpected-status', 600],
  ['999', json(999, { error: SECRET }), 'backend-unexpected-status', 999],
  ['301', (response) => void response.writeHead(301, { location: `/${SECRET}` }).end(), 'backend-redirect', 301],
  ['302 to a page', (response) => void response.writeHead(302, { location: '/' }).end('x'), 'backend-redirect', 302],
  ['304', (response) => void response.writeHead(304).end(), 'backend-redirect', 304],
  ['200 as HTML', raw(200, 'text/html; charset=utf-8', `<html>${SECRET}`), 'backend-content-type', 200],
  ['200 as plain text that is no JSON', raw(200, 'text/plain', SECRET), 'backend-content-type', 200],
  ['200 as an image', raw(200, 'image/png', SECRET), 'backend-content-type', 200],
  ['200 of a JSON-like type', raw(200, 'text/html; x=json', '{"status":"x"}'), 'backend-content-type', 200],
  ['200 and empty', raw(200, 'application/json', ''), 'backend-empty-body', 200],
  ['200 and blank', raw(200, undefined, ' \n '), 'backend-empty-body', 200],
  ['204 where a record is due', (response) => void response.writeHead(204).end(), 'backend-empty-body', 204],
  ['200 and cut JSON', raw(200, 'application/json', `{"status":"${SECRET}`), 'backend-invalid-json', 200],
  ['200 and HTML that claims to be JSON', raw(200, 'application/json', `<${SECRET}>`), 'backend-invalid-json', 200],
  ['200 and two JSON texts', raw(200, 'application/json', '{}{}'), 'backend-invalid-json', 200],
  ['200 and null', json(200, null), 'backend-invalid-body', 200],
  ['200 and a number', json(200, 7), 'backend-invalid-body', 200],
  ['200 and a text', json(200, SECRET), 'backend-invalid-body', 200],
  ['200 and an array', json(200, [SECRET]), 'backend-invalid-body', 200],
  ['200 and an object without id and status', json(200, { error: SECRET }), 'backend-invalid-body', 200],
  ['200 and another job', json(200, { ...v3Job, jobid: SECRET }), 'backend-invalid-body', 200],
  [
    '200 and a body too large',
    raw(200, 'application/json', `"${SECRET.repeat(9_000)}"`),
    'backend-body-too-large',
    200,
  ],
  ['a connection cut before the answer', (_response, socket) => void socket.destroy(), 'backend-connection-lost'],
  ['a connection closed before the answer', (_response, socket) => void socket.end(), 'backend-connection-lost'],
  [
    'a connection cut within the body',
    (response, socket) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '999' });
      response.write(`{"status":"${SECRET}`, () => socket.destroy());
    },
    'backend-connection-lost',
  ],
  ['no HTTP', bytes(`${SECRET}\r\n\r\n`), 'backend-connection-lost'],
  ['HTTP with a broken header', bytes(`HTTP/1.1 200 OK\r\n${SECRET} :\u0001x\r\n\r\n`), 'backend-connection-lost'],
  [
    'HTTP with a broken chunk',
    bytes('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    'backend-connection-lost',
  ],
  ['an answer that never comes', () => undefined, 'backend-timed-out'],
  ['a body that never ends', (response) => void response.writeHead(200).write('{'), 'backend-timed-out'],
];
const BROKEN = ROWS.map(toBroken);

describe('a read that gets a broken answer', () => {
  it.each(BROKEN)('fails with its own error on $name', async ({ answer, code, status }) => {
    const limits = { maxRetries: 0, maxBodyBytes: 100_000, readHeadersTimeoutMs: 100, bodyTimeoutMs: 100 };
    const { client } = await rigs.start((response, _request, socket) => answer(response, socket), limits);

    const error = await rejection(client.readJob(V3_ID));

    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ code, status, mayHaveWritten: false, endpoint: 'GET /v3/midjourney/jobs/{jobid}' });
    expectNoLeak(error);
  });
});

describe('a write that gets a broken answer', () => {
  const broken = BROKEN.filter(({ name }) => name !== '200 and another job');

  it.each(broken)('goes out once and says whether it may have acted on $name', async ({ answer, code, status }) => {
    const limits = { maxRetries: 0, maxBodyBytes: 100_000, writeHeadersTimeoutMs: 100, bodyTimeoutMs: 100 };
    const { client, server } = await rigs.start((response, _request, socket) => answer(response, socket), limits);

    const error = await rejection(client.submit({ board: 'v3', prompt: 'x' }));

    expect(server.requests).toHaveLength(1);
    expect(error).toBeInstanceOf(BackendError);
    const own = status === 429 ? 'backend-busy' : code;
    expect(error).toMatchObject({ code: status === undefined ? 'backend-outcome-unknown' : own, status });
    expect(error).toMatchObject({ mayHaveWritten: status === undefined || status < 300 || status >= 500 });
    expectNoLeak(error);
  });
});

describe('any JSON body with any status', () => {
  it('gives a result or a BackendError, never anything else', async () => {
    let next: { readonly status: number; readonly body: unknown } = { status: 200, body: null };
    const { client } = await rigs.start((response) => sendJson(response, next.status, next.body), { maxRetries: 0 });
    const calls = [
      () => client.listRunning('v2'),
      () => client.listRunning('v3'),
      () => client.readJob(V2_ID),
      () => client.readJob(V3_ID),
      () => client.cancel(V3_ID),
      () => client.submit({ board: 'v3', prompt: 'x' }),
      () => client.press({ jobid: V2_ID, button: 'U1' }),
    ];
    const status = fc.oneof(fc.constantFrom(200, 201, 409, 422, 429), fc.integer({ min: 300, max: 999 }));

    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), status, fc.constantFrom(...calls), async (body, code, call) => {
        next = { status: code, body };
        const error = await call().then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error === undefined || error instanceof BackendError).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('what errors hold', () => {
  it('keeps a refused prompt and its job out of texts and JSON, but at hand', async () => {
    const body = { ...v2Job, status: 'moderated', error: 'Invalid request', errorDetails: SECRET };
    const { client } = await rigs.start((response) => sendJson(response, 422, body));

    const error = await rejection(client.submit({ board: 'v2', prompt: 'x' }));

    expect(error).toMatchObject({ code: 'backend-rejected-prompt', job: { jobid: V2_ID, errorDetails: SECRET } });
    expectNoLeak(error);
  });

  it('names the jobs that hold the slots', async () => {
    const body = { error: 'busy', executingJobs: [V2_ID, { jobid: V3_ID }, 7] };
    const { client } = await rigs.start((response) => sendJson(response, 429, body), { maxRetries: 0 });

    const error = await rejection(client.submit({ board: 'v2', prompt: 'x' }));

    expect(error).toMatchObject({ code: 'backend-busy', executingJobs: [V2_ID, V3_ID] });
  });

  it('refuses an id of neither board without a call', async () => {
    const { client, server } = await rigs.start((response) => void response.end());

    const errors = await Promise.all([
      rejection(client.readJob('../../admin')),
      rejection(client.cancel('x')),
      rejection(client.press({ jobid: '', button: 'U1' })),
    ]);

    for (const error of errors) expect(error).toMatchObject({ code: 'backend-invalid-jobid' });
    expect(server.requests).toHaveLength(0);
  });

  it('keeps a token with a line break out of its complaint', async () => {
    const make = async () => rigs.connect('http://127.0.0.1:1', { token: `${TOKEN}\nx` });

    const error = await rejection(make());

    expect(error).toMatchObject({ code: 'backend-invalid-token' });
    expectNoLeak(error);
  });
});

function expectNoLeak(error: unknown): void {
  const cause = error instanceof Error ? error.cause : undefined;
  const all = [
    String(error),
    JSON.stringify(error),
    inspect(error, { depth: 9, showHidden: true }),
    inspect(cause),
  ].join();
  expect(all).not.toContain(SECRET);
  expect(all).not.toContain(TOKEN);
  expect(all).not.toContain(V3_ID);
}
