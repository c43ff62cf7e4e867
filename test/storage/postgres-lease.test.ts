import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import { PostgresLease } from '../../src/storage/postgres/postgres-lease.ts';
import { openPostgresStore } from '../../src/storage/postgres/postgres-store.ts';
import { FakeClock } from '../fake-clock.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace, postgresUrl, runOnServer } from '../postgres.ts';
import { TcpProxy } from '../tcp-proxy.ts';

const HOUR_MS = 3_600_000;

describe.skipIf(!hasPostgres)('a lease on PostgreSQL (skipped where there is no server)', () => {
  let place: PostgresPlace;
  let schema: string;
  let database: PostgresHandle;
  let other: PostgresHandle;
  let lost: string[];
  const held: PostgresLease[] = [];

  beforeEach(async () => {
    place = createPostgresPlace();
    lost = [];
    [database, other] = [open(), open()];
    schema = database.schema;
    await openPostgresStore(database, { clock: systemClock, logger: silentLogger });
  });
  afterEach(async () => {
    for (const lease of held.splice(0)) await lease.release().catch(() => undefined);
    await database.close();
    await other.close();
    await place.destroy();
  });

  const open = () =>
    new PostgresHandle({ url: place.url, clock: systemClock, logger: silentLogger, maxConnections: 2 });
  const take = async (
    from: PostgresHandle,
    clock: Clock = new FakeClock(),
    leaseMs = HOUR_MS,
    signal?: AbortSignal,
  ) => {
    const onLost = (reason: string) => void lost.push(reason);
    const options = { name: 'core', owner: 'a test', clock, logger: silentLogger, leaseMs, onLost };
    const lease = await PostgresLease.take(from, options, signal);
    held.push(lease);
    return lease;
  };

  const listeners = () =>
    runOnServer(`SELECT FROM pg_stat_activity WHERE query = 'LISTEN ${schema}_lease_core' AND state = 'idle'`);

  it('is held by one at a time; the next one begins at once when it is given back', async () => {
    const first = await take(database);
    const clock = new FakeClock();
    const taking = take(other, clock);
    await clock.untilSleeping();
    await expect.poll(listeners).toHaveLength(1);
    const epochs = [first.epoch];

    await first.release();
    const second = await taking;

    expect([...epochs, second.epoch]).toEqual(['1', '2']);
    expect(lost).toEqual([]);
    await expect.poll(listeners).toHaveLength(0);
  });

  it('is asked for when it ends, by the clock of the server', async () => {
    await take(database);
    await runOnServer(`UPDATE ${schema}.leases SET ends_at = now() + interval '0.7 s'`);
    const clock = new FakeClock();
    const taking = take(other, clock);
    await clock.untilSleeping();
    const [waitsMs = 0] = clock.sleeping;
    await runOnServer(`UPDATE ${schema}.leases SET ends_at = now()`);
    await clock.advance(waitsMs);

    expect((await taking).epoch).toBe('2');
    expect(waitsMs).toBeLessThanOrEqual(710);
  });

  it('is asked for each second where nothing can be heard', async () => {
    const first = await take(database);
    const clock = new FakeClock();
    const taking = take(other, clock);
    await clock.untilSleeping();
    await expect.poll(listeners).toHaveLength(1);
    await runOnServer(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN ${schema}_lease_core'`,
    );
    await expect.poll(listeners).toHaveLength(0);

    await first.release();
    await clock.advance(1_000);

    expect((await taking).epoch).toBe('2');
  });

  it('is held by one of several that ask for it at once', async () => {
    const handles = Array.from({ length: 5 }, open);
    const clocks = handles.map(() => new FakeClock());
    const taken: string[] = [];
    const stopped = new AbortController();
    const asking = handles.map((handle, at) => {
      const options = { name: 'core', owner: String(at), clock: clocks[at] ?? systemClock, logger: silentLogger };
      const taking = PostgresLease.take(handle, { ...options, onLost: () => undefined }, stopped.signal);
      return taking.then((lease) => {
        held.push(lease);
        taken.push(lease.epoch);
      });
    });

    for (const clock of clocks) await clock.untilSleeping();
    stopped.abort();
    await Promise.allSettled(asking);
    for (const lease of held.splice(0)) await lease.release();
    for (const handle of handles) await handle.close();

    expect(taken).toEqual(['1']);
  });

  it('is taken over from a process that fell silent, which hears of it when it comes back', async () => {
    const clock = new FakeClock();
    await take(database, clock);
    await runOnServer(`UPDATE ${schema}.leases SET ends_at = now()`);
    await take(other);

    await clock.advance(HOUR_MS / 10);
    await expect.poll(() => lost).toEqual(['another process has taken over']);
  });

  it('counts as lost after two thirds of its time, where the server does not answer', async () => {
    const clock = new FakeClock();
    await take(database, clock, 9_000);
    await database.close();

    for (let tries = 0; tries < 6; tries += 1) {
      await clock.advance(900);
      await clock.untilSleeping();
    }
    const before = [...lost];
    await clock.advance(600);

    expect(before).toEqual([]);
    await expect.poll(() => lost).toEqual(['it could not be renewed in time']);
  });

  const endsAt = async () =>
    Number((await runOnServer(`SELECT extract(epoch FROM ends_at) AS at FROM ${schema}.leases`))[0]?.['at']);

  it('is not renewed by a process that was asleep for too long, which would keep the next one waiting', async () => {
    const clock = new FakeClock();
    let asleepMs = 0;
    await take(
      database,
      {
        now: () => clock.now(),
        monotonicMs: () => clock.monotonicMs() + asleepMs,
        sleep: (ms, signal) => clock.sleep(ms, signal),
      },
      9_000,
    );
    const before = await endsAt();

    asleepMs = 20_000;
    await clock.advance(900);
    await expect.poll(() => lost).toEqual(['it could not be renewed in time']);
    await database.close();

    expect(await endsAt()).toBe(before);
  });

  it('lets a process that was asleep act on no reply that came meanwhile', async () => {
    const clock = new FakeClock();
    let asleepMs = 0;
    const monotonicMs = () => clock.monotonicMs() + asleepMs;
    const sleep: Clock['sleep'] = (ms, signal) => clock.sleep(ms, signal);
    const lease = await take(database, { now: () => clock.now(), monotonicMs, sleep }, 9_000);
    other.checkReplies(() => lease.check());

    const asked = other.query('SELECT 1');
    asleepMs = 8_000;

    await expect(asked).rejects.toMatchObject({ code: 'lease-lost' });
    expect(lost).toEqual(['it could not be renewed in time']);
  });

  describe('for which a process waits', () => {
    let proxy: TcpProxy;
    let far: PostgresHandle;

    beforeEach(async () => {
      const { hostname, port } = new URL(postgresUrl);
      proxy = await TcpProxy.start(hostname, Number(port || 5432));
      const url = new URL(place.url);
      url.hostname = '127.0.0.1';
      url.port = String(proxy.port);
      const options = { url: url.href, clock: systemClock, logger: silentLogger, reachWaitMs: 0 };
      far = new PostgresHandle(options);
    });
    afterEach(async () => {
      await proxy.close();
      await far.close();
    });

    it.each(['silent', 'refused'] as const)('is taken where a connection was %s meanwhile', async (trouble) => {
      const first = await take(database);
      const clock = new FakeClock();
      const taking = take(far, clock);
      await clock.untilSleeping();
      await expect.poll(listeners).toHaveLength(1);
      await clock.advance(1_000);
      await expect.poll(() => far.connections).toBe(2);
      await clock.untilSleeping();
      if (trouble === 'silent') proxy.fallSilent();
      else proxy.refuse();
      await expect.poll(() => far.connections).toBe(trouble === 'silent' ? 2 : 0);

      await clock.advance(1_000);
      await clock.untilSleeping();
      proxy.accept();
      await first.release();
      await clock.advance(1_000);

      expect((await taking).epoch).toBe('2');
    });
  });

  it('is given back where it is taken when nobody wants it any more', async () => {
    const stopped = new AbortController();
    const taking = take(database, new FakeClock(), HOUR_MS, stopped.signal);
    stopped.abort(new Error('stopped'));

    await expect(taking).rejects.toThrow('stopped');
    await expect(take(other)).resolves.toMatchObject({ epoch: '2' });
  });

  it('is left to end by itself where it cannot be given back', async () => {
    const lease = await take(database);
    await database.close();

    await expect(lease.release()).resolves.toBeUndefined();
  });

  it('is renewed as long as its process lives', async () => {
    const clock = new FakeClock();
    await take(database, clock, 9_000);
    const before = await endsAt();

    await clock.advance(900);

    await expect.poll(endsAt).toBeGreaterThan(before);
    expect(lost).toEqual([]);
  });
});
