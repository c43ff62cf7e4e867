import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { isPassing } from '../../src/shared/postgres-errors.ts';
import { PostgresHandle, type PostgresHandleOptions } from '../../src/shared/postgres-handle.ts';
import { createPostgresPlace, hasPostgres, postgresUrl } from '../postgres.ts';
import { TcpProxy } from '../tcp-proxy.ts';

type Limits = Omit<PostgresHandleOptions, 'url' | 'clock' | 'logger'>;

/** A schema of a test alone with one note in it, 0, and a proxy before the server. */
async function openNotes() {
  const place = createPostgresPlace();
  const { hostname, port } = new URL(postgresUrl);
  const proxy = await TcpProxy.start(hostname, Number(port || 5432));
  const open = (limits: Limits = {}, url = place.url) =>
    new PostgresHandle({ url, clock: systemClock, logger: silentLogger, ...limits });
  const database = open();
  const notes = `${database.schema}.notes`;
  await database.runScript(
    `CREATE SCHEMA ${database.schema}; CREATE TABLE ${notes} (n int); INSERT INTO ${notes} VALUES (0)`,
  );
  return {
    database,
    notes,
    proxy,
    open,
    openThroughProxy(limits: Limits) {
      const url = new URL(place.url);
      url.host = `127.0.0.1:${proxy.port}`;
      return open(limits, url.href);
    },
    async [Symbol.asyncDispose]() {
      await database.close();
      await proxy.close();
      await place.destroy();
    },
  };
}

// At the same time, as what takes long is that limits of the server and of its driver are waited for.
describe.skipIf(!hasPostgres).concurrent('limits of waiting for PostgreSQL (skipped where there is no server)', () => {
  it('waits no second time for a server that does not answer, to end its transaction', async () => {
    await using here = await openNotes();
    const answerWaitMs = 4_000;
    const impatient = here.openThroughProxy({ answerWaitMs });
    let from = Number.POSITIVE_INFINITY;

    const writing = impatient.transact(async (querier) => {
      await querier.query('SELECT 1');
      here.proxy.fallSilent();
      from = performance.now();
      await querier.query('SELECT 2');
    });

    await expect(writing).rejects.toThrow();
    expect(performance.now() - from).toBeLessThan(2 * answerWaitMs);
    expect(impatient.connections).toBe(0);
    await impatient.close();
  });

  it('keeps no connection whose transaction may be open still', async () => {
    await using here = await openNotes();
    const impatient = here.openThroughProxy({ answerWaitMs: 4_000 });

    const failing = impatient.transact(async (querier) => {
      await querier.query('SELECT 1');
      here.proxy.fallSilent();
      throw new TypeError('of another kind');
    });

    await expect(failing).rejects.toThrow('of another kind');
    expect(impatient.connections).toBe(0);
    await impatient.close();
  });

  it('says that the server cannot be reached where all connections wait for it', async () => {
    await using here = await openNotes();
    const busy = here.open({ maxConnections: 1, reachWaitMs: 0, connectWaitMs: 4_000 });
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = busy.transact(async () => {
      held.resolve();
      await released.promise;
    });
    await held.promise;

    const thrown: unknown = await busy.query('SELECT 1').catch((reason: unknown) => reason);

    expect(isPassing(thrown)).toBe(true);
    released.resolve();
    await holding.catch(() => undefined);
    await busy.close();
  });

  it('waits for no transaction in which nothing happens, as that of a process that was stopped', async () => {
    await using here = await openNotes();
    const stopped = here.open({ idleTransactionMs: 4_000 });
    const held = Promise.withResolvers<void>();
    const holding = stopped.transact(async (querier) => {
      await querier.query(`UPDATE ${here.notes} SET n = 1`);
      held.resolve();
      await new Promise(() => undefined);
    });
    holding.catch(() => undefined);
    await held.promise;

    await here.database.query(`UPDATE ${here.notes} SET n = 2`);

    expect(await here.database.read(`SELECT n FROM ${here.notes}`)).toEqual([{ n: 2 }]);
  });

  it.each([
    ['many transactions', 60, 'SELECT'],
    ['slow ones', 40, 'SELECT pg_sleep(0.1),'],
  ])('lets %s on the same row come through', async (_what, count, select) => {
    await using here = await openNotes();
    const wide = here.open({ maxConnections: 20, connectWaitMs: 60_000 });
    const addOne = () =>
      wide.transact(async (querier) => {
        const [row] = await querier.query(`${select} n FROM ${here.notes}`);
        await querier.query(`UPDATE ${here.notes} SET n = $1`, [Number(row?.['n']) + 1]);
      });

    await Promise.all(Array.from({ length: count }, addOne));
    await wide.close();

    expect(await here.database.read(`SELECT n FROM ${here.notes}`)).toEqual([{ n: count }]);
  });
});
