import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPgbossQueue } from '../../../src/queue/pgboss/pgboss-queue.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { PostgresHandle } from '../../../src/shared/postgres-handle.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace } from '../../postgres.ts';
import { Notes, Payload } from '../queue-world.ts';

describe.skipIf(!hasPostgres)('entries of PostgreSQL that have ended (skipped where there is no server)', () => {
  let place: PostgresPlace;
  let database: PostgresHandle;

  beforeEach(() => {
    place = createPostgresPlace();
    database = new PostgresHandle({ url: place.url, clock: systemClock, logger: silentLogger, maxConnections: 4 });
  });
  afterEach(async () => {
    await database.close();
    await place.destroy();
  });

  /** Works on these queues until all is done, with one entry more in each. */
  const work = async (...names: readonly string[]) => {
    const queue = await openPgbossQueue(database, { keepDoneMs: 0 });
    for (const name of names) {
      const work = queue.define(name, Payload);
      work.work(new Notes().handle);
      await work.add({ n: 1 }, { key: 'one' });
    }
    await queue.whenIdle();
    return queue;
  };
  const rows = async () => {
    const sql = `SELECT queue FROM ${database.schema}_queue.entry_keys ORDER BY queue`;
    return (await database.read(sql)).map((row) => row['queue']);
  };

  it('are removed, with their keys, whichever queue is used', async () => {
    const first = await work('busy', 'quiet', 'silent');
    await first.stop();
    const before = await rows();

    const second = await work('busy');
    await expect.poll(rows).not.toContain('quiet');
    const after = await rows();
    await second.stop();

    expect(before).toEqual(['busy', 'quiet', 'silent']);
    expect(after).not.toContain('silent');
  });
});
