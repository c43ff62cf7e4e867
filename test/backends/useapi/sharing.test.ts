import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { sendJson } from '../api-server.ts';
import { ClientRigs, rejection } from './client-rig.ts';
import { V3_ID, v3Job, v3List } from './records.ts';

const rigs = new ClientRigs();
afterEach(() => rigs.close());

/** Holds answers back until the test lets them go. */
class Gate {
  readonly #held: ServerResponse[] = [];
  hold(response: ServerResponse): void {
    this.#held.push(response);
  }
  release(body: unknown, status = 200): void {
    for (const response of this.#held.splice(0)) sendJson(response, status, body);
  }
}

describe('single flight', () => {
  it('makes one call for fifty who ask at once', async () => {
    const { client, server } = await rigs.start((response) => sendJson(response, 200, v3List));

    const lists = await Promise.all(Array.from({ length: 50 }, () => client.listRunning('v3', { maxAgeMs: 5_000 })));

    expect(server.requests).toHaveLength(1);
    expect(new Set(lists).size).toBe(1);
  });

  it('asks for each job on its own', async () => {
    const { client, server } = await rigs.start((response) => sendJson(response, 200, { status: 'started' }));
    const other = V3_ID.replace('j1023', 'j1022');

    const jobs = await Promise.all([client.readJob(V3_ID), client.readJob(other), client.readJob(V3_ID)]);

    expect(server.requests).toHaveLength(2);
    expect(jobs.map((job) => job.jobid)).toEqual([V3_ID, other, V3_ID]);
  });

  it('leaves the others their answer when one gives up', async () => {
    const gate = new Gate();
    const { client, server } = await rigs.start((response) => gate.hold(response));
    const controller = new AbortController();

    const givenUp = rejection(client.readJob(V3_ID, { signal: controller.signal }));
    const patient = client.readJob(V3_ID);
    await server.untilRequests(1);
    controller.abort(new Error('changed my mind'));
    const reason = await givenUp;
    gate.release(v3Job);

    expect(reason).toMatchObject({ message: 'changed my mind' });
    expect((await patient).jobid).toBe(V3_ID);
    expect(server.requests).toHaveLength(1);
  });

  it('ends the call when the last one gives up', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { client, server } = await rigs.start(
      (_response, _request, socket) => void socket.on('close', () => resolve()),
      { readHeadersTimeoutMs: 60_000 },
    );
    const controller = new AbortController();

    const first = rejection(client.readJob(V3_ID, { signal: controller.signal }));
    const second = rejection(client.readJob(V3_ID, { signal: controller.signal }));
    await server.untilRequests(1);
    controller.abort();

    await Promise.all([first, second, closed]);
    expect(server.requests).toHaveLength(1);
  });

  it('is not joined by a read that has to be fresh', async () => {
    const gate = new Gate();
    let isFirst = true;
    const { client, server } = await rigs.start((response) => {
      if (isFirst) gate.hold(response);
      else sendJson(response, 200, v3Job);
      isFirst = false;
    });

    const early = client.readJob(V3_ID);
    await server.untilRequests(1);
    const fresh = await client.readJob(V3_ID, { isFresh: true });
    gate.release({ ...v3Job, status: 'progress' });

    expect(fresh.status).toBe('completed');
    expect((await early).status).toBe('progress');
  });

  it('gives each its own deadline', async () => {
    const gate = new Gate();
    const { client, server, clock } = await rigs.start((response) => gate.hold(response));

    const hurried = rejection(client.readJob(V3_ID, { deadlineMs: 1_000 }));
    const patient = client.readJob(V3_ID, { deadlineMs: 8_000 });
    await server.untilRequests(1);
    await clock.advance(1_000);
    gate.release(v3Job);

    expect(await hurried).toMatchObject({ code: 'backend-timed-out' });
    expect((await patient).status).toBe('completed');
  });

  it('tries again for the patient one although a hurried one joined later', async () => {
    const gate = new Gate();
    let isFirst = true;
    const { client, server, clock } = await rigs.start((response) => {
      if (isFirst) gate.hold(response);
      else sendJson(response, 200, v3Job);
      isFirst = false;
    });

    const patient = client.readJob(V3_ID, { deadlineMs: 8_000 });
    const hurried = rejection(client.readJob(V3_ID, { deadlineMs: 200 }));
    await server.untilRequests(1);
    gate.release({}, 503);
    await clock.untilSleeping(3);
    await clock.advance(300);

    expect(await hurried).toMatchObject({ code: 'backend-timed-out' });
    expect((await patient).jobid).toBe(V3_ID);
    expect(server.requests).toHaveLength(2);
  });

  it('asks anew after a failed call', async () => {
    let isFirst = true;
    const { client } = await rigs.start((response) => {
      sendJson(response, isFirst ? 404 : 200, isFirst ? {} : v3Job);
      isFirst = false;
    });

    await rejection(client.readJob(V3_ID));
    const job = await client.readJob(V3_ID);

    expect(job.jobid).toBe(V3_ID);
  });
});

describe('an answer that is given again', () => {
  it('is up to maxAgeMs old, and never given without maxAgeMs', async () => {
    const { client, server, clock } = await rigs.start((response) => sendJson(response, 200, v3List));
    const counts: number[] = [];
    const list = async (maxAgeMs?: number) => {
      await client.listRunning('v3', maxAgeMs === undefined ? {} : { maxAgeMs });
      counts.push(server.requests.length);
    };

    await list(5_000);
    await clock.advance(5_000);
    await list(5_000);
    await clock.advance(1);
    await list(5_000);
    await list();

    expect(counts).toEqual([1, 1, 2, 3]);
  });

  it.each([
    ['a cancel', 'cancel'],
    ['a submit', 'imagine'],
    ['a press', 'press'],
  ] as const)('is stale after %s', async (_name, what) => {
    const { client, server } = await rigs.start((response, { method, path }) => {
      sendJson(response, 200, method === 'GET' && path.endsWith('/jobs') ? v3List : v3Job);
    });

    await client.listRunning('v3', { maxAgeMs: 5_000 });
    if (what === 'cancel') await client.cancel(V3_ID);
    if (what === 'imagine') await client.submit({ board: 'v3', prompt: 'x' });
    if (what === 'press') await client.press({ jobid: V3_ID, button: 'U1' });
    await client.listRunning('v3', { maxAgeMs: 5_000 });

    expect(server.requests.filter(({ path }) => path.endsWith('/jobs'))).toHaveLength(2);
  });

  it('is stale when the write happened while it was under way, and nobody joins it then', async () => {
    const gate = new Gate();
    let lists = 0;
    const { client, server } = await rigs.start((response, { method, path }) => {
      if (method === 'DELETE') return void response.writeHead(204).end();
      if (path.endsWith('/jobs')) lists += 1;
      if (lists === 1) return gate.hold(response);
      sendJson(response, 200, { total: 0, channels: {} });
    });

    const early = client.listRunning('v3', { maxAgeMs: 5_000 });
    await server.untilRequests(1);
    await client.cancel(V3_ID);
    const joined = await client.listRunning('v3', { maxAgeMs: 5_000 });
    gate.release(v3List);
    const old = await early;
    const later = await client.listRunning('v3', { maxAgeMs: 5_000 });

    expect([old.total, joined.total, later.total]).toEqual([2, 0, 0]);
    expect(lists).toBe(2);
  });

  it('does not join a read from before a cancel', async () => {
    const gate = new Gate();
    let reads = 0;
    const { client, server } = await rigs.start((response, { method }) => {
      if (method === 'DELETE') return void response.writeHead(204).end();
      reads += 1;
      if (reads === 1) return gate.hold(response);
      sendJson(response, 200, { ...v3Job, status: 'failed', error: 'Job cancelled by user' });
    });

    const early = client.readJob(V3_ID);
    await server.untilRequests(1);
    await client.cancel(V3_ID);
    const after = await client.readJob(V3_ID);
    gate.release({ ...v3Job, status: 'progress' });

    expect((await early).status).toBe('progress');
    expect(after).toMatchObject({ status: 'failed', error: 'Job cancelled by user' });
  });
});

describe('connections', () => {
  it('are kept for the next call', async () => {
    const { client, server } = await rigs.start((response) => sendJson(response, 200, v3List));

    for (let call = 0; call < 10; call += 1) await client.listRunning('v3');

    expect(new Set(server.requests.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2);
  });

  it('are bounded', async () => {
    const gate = new Gate();
    const { client, server } = await rigs.start((response) => gate.hold(response), { connections: 2 });
    const ids = Array.from({ length: 6 }, (_, n) => V3_ID.replace('j1023', `j101${n}`));

    const reads = Promise.all(ids.map((id) => client.readJob(id)));
    for (let batch = 2; batch <= 6; batch += 2) {
      await server.untilRequests(batch);
      gate.release({ status: 'started' });
    }
    await reads;

    expect(Math.max(...server.requests.map(({ connection }) => connection))).toBe(2);
  });

  it('are gone after close, and new calls are refused', async () => {
    const { client, server } = await rigs.start((response) => sendJson(response, 200, v3List));

    await client.listRunning('v3');
    await client.close();
    const error = await rejection(client.listRunning('v3'));

    expect(error).toMatchObject({ code: 'backend-client-closed', mayHaveWritten: false });
    expect(server.requests).toHaveLength(1);
  });

  it('cuts a write after the grace period, as of unknown outcome', async () => {
    const { client, server, clock } = await rigs.start(() => undefined);

    const failed = rejection(client.submit({ board: 'v3', prompt: 'x' }));
    await server.untilRequests(1);
    const closing = client.close();
    await clock.advance(5_000);
    await closing;

    expect(await failed).toMatchObject({ code: 'backend-outcome-unknown', mayHaveWritten: true });
  });
});

describe('a clock that is set back', () => {
  it('lets no list count as fresh, and no deadline wait longer', async () => {
    const { client, server, clock } = await rigs.start((response) => {
      if (server.requests.length < 2) sendJson(response, 200, v3List);
    });
    await client.listRunning('v3', { maxAgeMs: 5_000 });

    await clock.advance(6_000);
    clock.step(-7_200_000);
    const asked = rejection(client.listRunning('v3', { maxAgeMs: 5_000, deadlineMs: 3_000 }));
    await server.untilRequests(2);
    await clock.advance(3_000);

    expect(await asked).toMatchObject({ code: 'backend-timed-out' });
  });
});
