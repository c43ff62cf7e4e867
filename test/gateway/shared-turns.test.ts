import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SharedTurns } from '../../src/gateway/shared-turns.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import { createTables } from '../../src/storage/postgres/postgres-schema.ts';
import { FakeClock } from '../fake-clock.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace } from '../postgres.ts';

const never = new AbortController().signal;

describe.skipIf(!hasPostgres)('log-ins from several processes (skipped where there is no PostgreSQL)', () => {
  let place: PostgresPlace;
  let database: PostgresHandle;
  let clock: FakeClock;
  let one: SharedTurns;
  let other: SharedTurns;

  beforeEach(async () => {
    place = createPostgresPlace();
    database = new PostgresHandle({ url: place.url, clock: systemClock, logger: silentLogger });
    await createTables(database);
    clock = new FakeClock();
    one = new SharedTurns(database, 'one', clock);
    other = new SharedTurns(database, 'other', clock);
  });
  afterEach(async () => {
    await database.close();
    await place.destroy();
  });

  const leftSeconds = async () => {
    const sql = `SELECT extract(epoch FROM ends_at - now())::float8 AS s FROM ${database.schema}.leases`;
    return Number((await database.read(sql))[0]?.['s']);
  };
  /** As if so much time had passed on the server. */
  const pass = (seconds: number) =>
    database.query(`UPDATE ${database.schema}.leases SET ends_at = ends_at - $1 * interval '1 second'`, [seconds]);

  it('take turns within a bucket, five seconds and a half after the last one was there', async () => {
    await one.take('0', never);
    expect(await leftSeconds()).toBeGreaterThan(25);
    const waiting = other.take('0', never);
    await clock.untilSleeping();

    one.noteReady('0');
    await expect.poll(leftSeconds).toBeLessThan(5.6);
    expect(await leftSeconds()).toBeGreaterThan(3);
    await pass(6);
    await clock.advance(1_000);

    await waiting;
  });

  it('do not wait for other buckets', async () => {
    await one.take('0', never);

    await other.take('1', never);
  });

  it('come in any case where the one before never ends', async () => {
    await one.take('0', never);
    await pass(31);

    await other.take('0', never);
  });

  it('wait where the database cannot be asked', async () => {
    let failures = 1;
    const failing = Object.assign(Object.create(database), {
      query: (...asked: Parameters<PostgresHandle['query']>) => {
        failures -= 1;
        return failures < 0 ? database.query(...asked) : Promise.reject(new Error('the connection ended'));
      },
    });
    const waiting = new SharedTurns(failing, 'one', clock).take('0', never);
    await clock.untilSleeping();

    await clock.advance(1_000);

    await waiting;
    expect(await leftSeconds()).toBeGreaterThan(25);
  });

  it('end with their signal', async () => {
    await one.take('0', never);
    const ended = new AbortController();
    const waiting = other.take('0', ended.signal);
    await clock.untilSleeping();

    ended.abort(new Error('the connection is gone'));

    await expect(waiting).rejects.toThrow('the connection is gone');
  });
});
