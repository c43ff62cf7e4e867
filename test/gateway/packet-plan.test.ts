import { expect, it } from 'vitest';
import { createGatewayTables } from '../../src/gateway/gateway-schema.ts';
import { PacketTable } from '../../src/gateway/packet-table.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { PostgresHandle } from '../../src/shared/postgres-handle.ts';
import { createTables } from '../../src/storage/postgres/postgres-schema.ts';
import { createPostgresPlace, hasPostgres } from '../postgres.ts';

/** What thousands of servers leave in the table. */
const ROWS = 20_000;

it.skipIf(!hasPostgres)('reads only what is new of many packets (skipped where there is no PostgreSQL)', async () => {
  const place = createPostgresPlace();
  const database = new PostgresHandle({ url: place.url, clock: systemClock, logger: silentLogger });
  await createTables(database);
  await createGatewayTables(database);
  const table = `${database.schema}.gateway_packets`;
  await database.query(
    `INSERT INTO ${table} (shard, key, packet) SELECT n % 3, n::text, repeat('x', 500) FROM generate_series(1, $1::int) n`,
    [ROWS],
  );
  await database.query(`ANALYZE ${table}`);
  let plan = '';
  const explaining = Object.assign(Object.create(database), {
    schema: database.schema,
    query: async (...[sql, values]: Parameters<PostgresHandle['query']>) => {
      plan = JSON.stringify(await database.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, values));
      return [];
    },
  });

  await new PacketTable(explaining).take(new Map([0, 1, 2].map((shard) => [shard, String(ROWS)])), 200, true);

  expect(Math.max(...readRows(plan))).toBeLessThan(100);
  await database.close();
  await place.destroy();
});

/** How many rows each step of a plan looked at. */
function readRows(plan: string): number[] {
  return [...plan.matchAll(/"(?:Actual Rows|Rows Removed by [A-Za-z ]+)":(\d+)/g)].map(([, rows]) => Number(rows));
}
