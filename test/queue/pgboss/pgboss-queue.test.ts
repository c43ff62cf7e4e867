import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { NamedQueue } from '../../../src/queue/contract.ts';
import { openPgbossQueue, type PgbossQueueOptions } from '../../../src/queue/pgboss/pgboss-queue.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { compact } from '../../../src/shared/compact.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { PostgresHandle } from '../../../src/shared/postgres-handle.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace } from '../../postgres.ts';
import { TcpProxy } from '../../tcp-proxy.ts';
import { runUntilKilled } from '../killed-process.ts';
import { PgbossPlace } from '../pgboss-store.ts';
import { QueueClock } from '../queue-clock.ts';
import { Notes, Payload, START_AT } from '../queue-world.ts';

type TestQueue = NamedQueue<Payload, Payload>;

describe.skipIf(!hasPostgres)('a queue over pg-boss (skipped where there is no server)', () => {
  describe('a server that goes away', () => describeOutages());
  describe('time that a test moves', () => describeTime());
  describe('the start', () => describeStart());
});

function describeStart(): void {
  let place: PostgresPlace;
  let databases: PostgresHandle[];

  beforeEach(() => {
    place = createPostgresPlace();
    databases = [];
  });
  afterEach(async () => {
    for (const database of databases) await database.close();
    await place.destroy();
  });

  const open = (idleTransactionMs?: number) => {
    const options = { url: place.url, clock: systemClock, logger: silentLogger };
    const database = new PostgresHandle({ ...options, ...compact({ idleTransactionMs }) });
    databases.push(database);
    return openPgbossQueue(database);
  };

  it('may take longer than a transaction may stand still', async () => {
    const hasty = await open(20);
    await hasty.stop();

    const queue = await open();
    const added = await queue.define('work', Payload).add({ n: 0 }, { key: 'first' });
    await queue.stop();

    expect(added).toBe('added');
  });
}

function describeOutages(): void {
  let place: PostgresPlace;
  let proxy: TcpProxy;
  let database: PostgresHandle;
  let work: TestQueue;
  let stop: () => Promise<unknown>;

  beforeEach(async () => {
    place = createPostgresPlace();
    const url = new URL(place.url);
    proxy = await TcpProxy.start(url.hostname, Number(url.port));
    url.port = String(proxy.port);
    url.hostname = '127.0.0.1';
    const options = { clock: systemClock, logger: silentLogger };
    database = new PostgresHandle({ url: url.href, ...options, reachWaitMs: 100 });
    const queue = await openPgbossQueue(database, { maxIdleMs: 100 });
    stop = () => queue.stop();
    work = queue.define('work', Payload);
    await work.add({ n: 0 }, { key: 'first' });
  });
  afterEach(async () => {
    await stop();
    await database.close();
    await proxy.close();
    await place.destroy();
  });

  it('refuses to add with a clear error, and goes on by itself once the server is back', async () => {
    const notes = new Notes();
    work.work(notes.handle);
    await expect.poll(() => notes.seen).toEqual([0]);

    proxy.refuse();
    const refused = await work.add({ n: 1 }).catch((error: unknown) => error);
    proxy.accept();
    await expect.poll(() => work.add({ n: 2 }).catch(() => 'refused')).toBe('added');
    await expect.poll(() => notes.seen).toContain(2);

    expect(refused).toMatchObject({ code: 'queue-unreachable' });
  });

  it('stores what a handler came to once the server is back, without running it again', async () => {
    const notes = new Notes();
    const release = notes.hold(0);
    work.work(notes.handle);
    await expect.poll(() => notes.seen).toEqual([0]);

    proxy.refuse();
    release();
    await expect.poll(() => notes.active).toBe(0);
    await work.get('first').catch(() => undefined);
    proxy.accept();
    await expect.poll(async () => (await work.get('first'))?.state).toBe('done');

    expect([notes.seen, (await work.get('first'))?.recoveries]).toEqual([[0], 0]);
  });

  it('refuses to add when the connections are closed', async () => {
    await database.close();

    await expect(work.add({ n: 1 })).rejects.toMatchObject({ code: 'queue-stopped' });
  });

  it('makes its tables once when several processes start at the same time', async () => {
    const other = createPostgresPlace();
    const handles = [1, 2, 3].map(
      () => new PostgresHandle({ url: other.url, clock: systemClock, logger: silentLogger, maxConnections: 3 }),
    );

    const queues = await Promise.all(handles.map((handle) => openPgbossQueue(handle)));
    const added = await Promise.all(queues.map((queue) => queue.define('work', Payload).add({ n: 1 }, { key: 'a' })));

    expect(added.toSorted()).toEqual(['added', 'exists', 'exists']);
    for (const queue of queues) await queue.stop();
    for (const handle of handles) await handle.close();
    await other.destroy();
  });
}

function describeTime(): void {
  let place: PgbossPlace;
  let clock: QueueClock;
  let stops: (() => Promise<unknown>)[];

  beforeEach(async () => {
    place = await PgbossPlace.create();
    clock = new QueueClock(START_AT, place);
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    await place.destroy();
  });

  async function open(options: PgbossQueueOptions = {}) {
    const queue = await place.open(clock, options);
    stops.push(() => queue.stop({ timeoutMs: 0 }));
    return queue;
  }

  it('asks once a second for all its queues while nothing happens', async () => {
    const queue = await open();
    for (const name of ['a', 'b', 'c', 'd', 'e']) queue.define(name, Payload).work(async () => undefined);
    await clock.advance(5_000);
    const before = place.calls;

    await clock.advance(60_000);

    expect(place.calls - before).toBeLessThanOrEqual(61);
  });

  it('refuses what it cannot store, and adds what was asked for beside it', async () => {
    const work = (await open()).define('work', Payload);

    const adding = [work.add({ n: 1 }), work.add({ n: 2 }, { key: 'a\u0000' }), work.add({ n: 3 })];
    const results = await Promise.allSettled(adding);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'queue-failed' } });
    expect(await work.stats()).toMatchObject({ waiting: 2 });
  });

  it('takes every text that JSON can hold', async () => {
    const texts: string[] = [];
    const queue = await open();
    const work = queue.define('texts', z.object({ text: z.string() }));
    work.work(async ({ payload }) => void texts.push(payload.text));

    await work.add({ text: 'a\u0000\ud83d"\\' });
    await queue.whenIdle();

    expect(texts).toEqual(['a\u0000\ud83d"\\']);
  });

  it('removes what has ended, and its keys, when nobody needs to see it any more', async () => {
    const queue = await open({ keepDoneMs: 60_000, maxIdleMs: 10_000 });
    const work = queue.define('work', Payload);
    work.work(async () => undefined, { concurrency: 50 });
    await work.addMany(Array.from({ length: 1_200 }, (_, n) => ({ payload: { n }, key: `${n}` })));
    const other = queue.define('other', Payload);
    other.work(async () => undefined);
    await other.add({ n: 1 }, { key: 'a' });
    await queue.whenIdle();
    await clock.advance(30_000);
    const before = await work.stats();

    await clock.advance(600_000);

    expect(before).toMatchObject({ done: 1_200 });
    expect([(await work.stats()).done, (await other.stats()).done]).toEqual([0, 0]);
    expect(await place.countKeys()).toBe(0);
  });

  it('keeps a tick going whose interval is changed while it runs', async () => {
    const notes = new Notes();
    const release = notes.hold(1);
    const work = (await open()).define('work', Payload);
    work.work(notes.handle);
    await work.repeat({ n: 1 }, { key: 'tick', everyMs: 3_600_000 });
    await clock.settle();

    await work.repeat({ n: 2 }, { key: 'tick', everyMs: 10_000 });
    release();
    await clock.advance(25_000);

    expect(notes.seen).toEqual([1, 2, 2]);
  });

  it('loses nothing that a killed process had added, and recovers what it was handling', async () => {
    const before = await open();
    await before.define('handled', Payload).add({ n: 42 }, { key: 'a' });

    const lines = await runUntilKilled(place.url, ['handling 42', 'added 20']);
    const after = await open();
    const recovered: boolean[] = [];
    after.define('handled', Payload).work(async (entry) => void recovered.push(entry.recovered));
    await clock.advance(31_000);

    const acknowledged = lines.filter((line) => line.startsWith('added')).length;
    const { waiting } = await after.define('added', Payload).stats();
    expect(recovered).toEqual([true]);
    expect(waiting).toBeGreaterThanOrEqual(acknowledged);
    expect(waiting).toBeLessThanOrEqual(acknowledged + 1);
  });
}
