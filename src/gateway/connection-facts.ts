import { z } from 'zod';
import type { PostgresHandle } from '../shared/postgres-handle.ts';
import { selectLive } from './shard-table.ts';

/** How the connections are that processes of their own hold. */
export interface ConnectionFacts {
  readonly shards: number;
  readonly connected: number;
  /** Processes that can hold connections. */
  readonly processes: number;
}

const Facts = z.object({ shards: z.number(), connected: z.number(), processes: z.number() });
const NONE: ConnectionFacts = { shards: 0, connected: 0, processes: 0 };

/** Looks at a database, and changes nothing. Rejects with what `pg` throws. */
export async function readConnectionFacts(database: PostgresHandle): Promise<ConnectionFacts> {
  const { schema } = database;
  const [place] = await database.read('SELECT to_regclass($1) IS NOT NULL AS is_there', [`${schema}.gateway_shards`]);
  if (place?.['is_there'] !== true) return NONE;
  const sql = `WITH live AS (${selectLive(schema)})
    SELECT count(*)::int AS shards, count(*) FILTER (WHERE is_up AND owner IN (SELECT name FROM live))::int AS connected,
      (SELECT count(*)::int FROM live) AS processes FROM ${schema}.gateway_shards`;
  const [row] = await database.read(sql);
  return Facts.parse(row);
}
