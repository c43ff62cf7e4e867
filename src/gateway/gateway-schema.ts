import type { PostgresHandle } from '../shared/postgres-handle.ts';

/**
 * One row a shard: who holds it, how many batches were written for it, and the session that another process can resume
 * after the last of them. One row a packet that Discord sent: with a key it stands until another one takes its place,
 * without one until it is taken.
 */
const DDL = (schema: string) => `
CREATE TABLE IF NOT EXISTS ${schema}.gateway_shards (
  shard integer PRIMARY KEY,
  owner text,
  is_up boolean NOT NULL DEFAULT false,
  batches bigint NOT NULL DEFAULT 0,
  session text);
CREATE TABLE IF NOT EXISTS ${schema}.gateway_packets (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard integer NOT NULL,
  key text,
  guild_id text,
  interaction_id text,
  packet text NOT NULL);
CREATE INDEX IF NOT EXISTS gateway_packets_shard ON ${schema}.gateway_packets (shard, id);
CREATE INDEX IF NOT EXISTS gateway_packets_key ON ${schema}.gateway_packets (key) WHERE key IS NOT NULL;
CREATE INDEX IF NOT EXISTS gateway_packets_guild ON ${schema}.gateway_packets (guild_id) WHERE guild_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS gateway_packets_once ON ${schema}.gateway_packets (id) WHERE key IS NULL;`;

/** Any number that nothing else in the database uses: processes that start together make the tables in turn. */
const LOCK = 4_210_731_006;

/** Makes the tables where they are not there; the schema and its leases must be. */
export async function createGatewayTables(database: PostgresHandle): Promise<void> {
  await database.runScript(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); ${DDL(database.schema)} COMMIT`);
}

/** Has other processes end their connections: this one has its own. */
export async function endOtherConnections(database: PostgresHandle): Promise<void> {
  const { schema } = database;
  const [place] = await database.read('SELECT to_regclass($1) IS NOT NULL AS is_there', [`${schema}.gateway_shards`]);
  if (place?.['is_there'] !== true) return;
  await database.runScript(
    `BEGIN; DELETE FROM ${schema}.gateway_shards; DELETE FROM ${schema}.gateway_packets; COMMIT`,
  );
}
