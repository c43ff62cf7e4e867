import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hastenLeft } from '../../../src/queue/pgboss/left-entries.ts';
import { isQueueReady, openPgbossQueue } from '../../../src/queue/pgboss/pgboss-queue.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { PostgresHandle } from '../../../src/shared/postgres-handle.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace, runOnServer } from '../../postgres.ts';
import { Notes, Payload } from '../queue-world.ts';

describe.skipIf(!hasPostgres)('a queue that one process leaves to another (skipped where there is no server)', () => {
  let place: PostgresPlace;
  let database: PostgresHandle;
  const stops: (() => Promise<unknown>)[] = [];

  beforeEach(() => {
    place = createPostgresPlace();
    database = new PostgresHandle({ url: place.url, clock: systemClock, logger: silentLogger });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
    await database.close();
    await place.destroy();
  });

  const openWork = async () => {
    const queue = await openPgbossQueue(database, { maxIdleMs: 100 });
    stops.push(() => queue.stop({ timeoutMs: 0 }));
    return queue.define('work', Payload);
  };
  /** As if nobody had given a sign of life for so many seconds. */
  const fallSilent = (seconds: number) =>
    runOnServer(`UPDATE ${database.schema}_queue.job SET heartbeat_on = now() - interval '${seconds} s'`);

  it('gives back what was held after eight seconds of silence, however long it was leased for', async () => {
    const [left, taken] = [new Notes(), new Notes()];
    const release = left.hold(1);
    const first = await openWork();
    first.work(left.handle, { leaseMs: 60_000 });
    await first.add({ n: 1 }, { key: 'one', group: 'a' });
    await expect.poll(() => left.seen).toEqual([1]);
    const second = await openWork();
    second.work(taken.handle, { leaseMs: 60_000 });
    await fallSilent(9);
    await second.add({ n: 2 }, { group: 'b' });
    await expect.poll(() => taken.seen).toEqual([2]);

    await hastenLeft(database);

    await expect.poll(() => taken.seen).toEqual([2, 1]);
    release();
    await expect.poll(async () => (await second.get('one'))?.state).toBe('done');
  });

  it('has nothing to give back where there is no queue yet', async () => {
    await hastenLeft(database);

    expect(await isQueueReady(database)).toBe(true);
  });

  it('is left alone while its tables are those of an earlier version, which may be at work', async () => {
    await openWork();
    const before = await isQueueReady(database);
    await runOnServer(`UPDATE ${database.schema}_queue.version SET version = version - 1`);

    expect([before, await isQueueReady(database)]).toEqual([true, false]);
  });
});
