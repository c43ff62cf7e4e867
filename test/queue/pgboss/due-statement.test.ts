import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toBossStatements } from '../../../src/queue/pgboss/boss-statements.ts';
import { openPgbossQueue } from '../../../src/queue/pgboss/pgboss-queue.ts';
import { systemClock } from '../../../src/shared/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { PostgresHandle } from '../../../src/shared/postgres-handle.ts';
import { createPostgresPlace, hasPostgres, type PostgresPlace, runOnServer } from '../../postgres.ts';
import { Payload } from '../queue-world.ts';

const WAITING = 2_000;
const GROUPS = 40;

/** A step of what the server has done; `Rows Removed by …` counts what it read in vain, for each loop. */
const Step = z.looseObject({
  'Actual Rows': z.number(),
  'Actual Loops': z.number(),
  'Rows Removed by Filter': z.number().default(0),
  'Rows Removed by Join Filter': z.number().default(0),
  get Plans() {
    return z.array(Step).optional();
  },
});
type Step = z.infer<typeof Step>;

describe.skipIf(!hasPostgres)('what is due on PostgreSQL (skipped where there is no server)', () => {
  let place: PostgresPlace;
  let database: PostgresHandle;
  let stop: () => Promise<unknown>;

  beforeEach(async () => {
    place = createPostgresPlace();
    database = new PostgresHandle({ url: place.url, clock: systemClock, logger: silentLogger });
    const queue = await openPgbossQueue(database);
    stop = () => queue.stop();
    const numbers = Array.from({ length: WAITING }, (_, n) => n);
    await queue.define('work', Payload).addMany(numbers.map((n) => ({ payload: { n }, group: `g${n % GROUPS}` })));
  });
  afterEach(async () => {
    await stop();
    await database.close();
    await place.destroy();
  });

  /** Rows that are read to find it. */
  const countRead = async () => {
    const { due } = toBossStatements(`${database.schema}_queue`);
    const sql = `EXPLAIN (ANALYZE, FORMAT JSON) ${due.replace('$1', "ARRAY['work', 'work.groups']")}`;
    const [row] = await runOnServer(sql);
    const [{ Plan }] = z.tuple([z.object({ Plan: Step })]).parse(row?.['QUERY PLAN']);
    return toRead(Plan);
  };

  it('is found without reading all that waits, also before the server knows how much that is', async () => {
    const table = `${database.schema}_queue.job`;
    await runOnServer(`UPDATE ${table} SET state = 'active', heartbeat_on = now() WHERE id IN
      (SELECT id FROM ${table} WHERE name = 'work.groups' ORDER BY created_on, id LIMIT ${GROUPS / 2})`);
    const unknowing = await countRead();
    await runOnServer(`ANALYZE ${table}`);

    expect(Math.max(unknowing, await countRead())).toBeLessThan(WAITING / 4);
  });
});

function toRead({ Plans = [], ...step }: Step): number {
  const removed = step['Rows Removed by Filter'] + step['Rows Removed by Join Filter'];
  let read = (step['Actual Rows'] + removed) * step['Actual Loops'];
  for (const plan of Plans) read += toRead(plan);
  return read;
}
