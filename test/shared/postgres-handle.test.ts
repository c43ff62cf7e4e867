import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/shared/clock.ts';
import { toErrorMessage } from '../../src/shared/errors.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { isPassing } from '../../src/shared/postgres-errors.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import { openPostgresStore } from '../../src/storage/postgres/postgres-store.ts';
import { FakeClock } from '../fake-clock.ts';
import { createPostgresPlace, hasPostgres, holdUp, type PostgresPlace, postgresUrl, runOnServer } from '../postgres.ts';
import { TcpProxy } from '../tcp-proxy.ts';

describe.skipIf(!hasPostgres)('connections to PostgreSQL (skipped where there is no server)', () => {
  let place: PostgresPlace;
  let proxy: TcpProxy;
  let database: PostgresHandle;
  let clock: FakeClock;

  beforeEach(async () => {
    place = createPostgresPlace();
    const { hostname, port } = new URL(postgresUrl);
    proxy = await TcpProxy.start(hostname, Number(port || 5432));
    clock = new FakeClock();
    database = new PostgresHandle({ url: throughProxy(), clock, logger: silentLogger, maxConnections: 2 });
    await openPostgresStore(database, { clock: systemClock, logger: silentLogger });
    await database.query(`CREATE TABLE ${database.schema}.notes (n int)`);
  });
  afterEach(async () => {
    await database.close();
    await proxy.close();
    await place.destroy();
  });

  const throughProxy = () => {
    const url = new URL(place.url);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    return url.href;
  };
  const count = async () =>
    Number((await database.read(`SELECT count(*) AS n FROM ${database.schema}.notes`))[0]?.['n']);

  /** Ends all connections, and lets the pool see it. */
  const end = async (how: 'cut' | 'refuse') => {
    proxy[how]();
    await expect.poll(() => proxy.connections).toBe(0);
    await expect.poll(() => database.connections).toBe(0);
  };

  it('reads on when its connection is cut under way', async () => {
    const { slow, goOn } = await holdUp('SELECT 1 AS n FROM');
    const reading = database.read(slow);
    await expect.poll(() => isRunning(slow)).toBe(true);
    proxy.cut();
    await clock.untilSleeping();
    await goOn();
    await clock.advance(100);

    expect(await reading).toEqual([{ n: 1 }]);
  });

  it('works on when connections were cut while they were idle', async () => {
    await end('cut');

    await database.query(`INSERT INTO ${database.schema}.notes VALUES (1)`);

    expect(await count()).toBe(1);
  });

  it('waits for a server that restarts, and sends then what could not be sent', async () => {
    await end('refuse');
    const writing = database.query(`INSERT INTO ${database.schema}.notes VALUES (1)`);
    await clock.untilSleeping();
    proxy.accept();
    await clock.advance(100);
    await writing;

    expect(await count()).toBe(1);
  });

  it('gives up on a server that stays away, and says so', async () => {
    await end('refuse');
    const reading = count();
    const refused = expect(reading).rejects.toThrow();
    await clock.untilSleeping();
    await clock.advance(5_000);

    await refused;
  });

  it('sends a write that may have arrived no second time', async () => {
    const { slow, goOn } = await holdUp(`INSERT INTO ${database.schema}.notes SELECT 1 FROM`);
    const writing = database.query(slow);
    const refused = expect(writing).rejects.toThrow();
    await expect.poll(() => isRunning(slow)).toBe(true);
    proxy.cut();
    await refused;
    await goOn();
    await expect.poll(() => isRunning(slow)).toBe(false);

    expect(await count()).toBeLessThanOrEqual(1);
  });

  it('keeps no connection on which a statement was not answered', async () => {
    const impatient = new PostgresHandle({ url: place.url, clock, logger: silentLogger, answerWaitMs: 200 });

    const thrown: unknown = await impatient.query('SELECT pg_sleep(30)').catch((reason: unknown) => reason);

    expect(impatient.connections).toBe(0);
    expect(isPassing(thrown)).toBe(true);
    await impatient.close();
  });

  it('leaves no transaction open that a script has begun', async () => {
    await expect(database.runScript('BEGIN; SELECT 1 / 0; COMMIT')).rejects.toThrow('division');

    await database.query(`INSERT INTO ${database.schema}.notes VALUES (1)`);

    expect(await count()).toBe(1);
  });

  it('ends without a server that does not answer', async () => {
    const silent = new PostgresHandle({ url: throughProxy(), clock, logger: silentLogger });
    const { slow } = await holdUp('SELECT 1 FROM');
    const waiting = silent.query(slow).catch(toErrorMessage);
    await expect.poll(() => isRunning(slow)).toBe(true);
    proxy.fallSilent();

    await silent.close();

    expect(silent.connections).toBe(1);
    proxy.cut();
    await waiting;
  });

  it.each(['25P03', '25006'])('counts what PostgreSQL says by %s as passing', (code) => {
    expect(isPassing(Object.assign(new Error('of the server'), { code }))).toBe(true);
  });

  it('runs a transaction again where another was faster', async () => {
    await database.query(`INSERT INTO ${database.schema}.notes VALUES (0)`);
    const addOne = () =>
      database.transact(async (querier) => {
        const [row] = await querier.query(`SELECT n FROM ${database.schema}.notes`);
        await querier.query(`UPDATE ${database.schema}.notes SET n = $1`, [Number(row?.['n']) + 1]);
      });

    await Promise.all([addOne(), addOne(), addOne()]);

    expect(await database.read(`SELECT n FROM ${database.schema}.notes`)).toEqual([{ n: 3 }]);
  });
});

/** Whether a statement that begins so is under way on the server. */
async function isRunning(beginning: string): Promise<boolean> {
  const sql = `SELECT query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()`;
  return (await runOnServer(sql)).some(({ query }) => String(query).startsWith(beginning));
}
