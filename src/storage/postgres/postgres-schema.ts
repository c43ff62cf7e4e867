import type { PostgresHandle } from '../../shared/postgres-handle.ts';

/**
 * One row a document; `version` differs after every write, of any row. One row a lease; `epoch` counts how often it has
 * changed hands.
 */
const DDL = (schema: string) => `
CREATE SCHEMA IF NOT EXISTS ${schema};
CREATE SEQUENCE IF NOT EXISTS ${schema}.document_versions;
CREATE TABLE IF NOT EXISTS ${schema}.documents (
  collection text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  value text NOT NULL,
  version bigint NOT NULL DEFAULT nextval('${schema}.document_versions'),
  expires_at bigint,
  PRIMARY KEY (collection, key));
CREATE INDEX IF NOT EXISTS documents_expires_at ON ${schema}.documents (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS ${schema}.leases (
  name text PRIMARY KEY,
  owner text NOT NULL,
  ends_at timestamptz NOT NULL,
  epoch bigint NOT NULL DEFAULT 1);`;

/** Any number that nothing else in the database uses: two processes that start together make the tables in turn. */
const LOCK = 4_210_731_005;

/** Makes the tables where they are not there; in one script, so that a process which is stopped holds no lock. */
export async function createTables(database: PostgresHandle): Promise<void> {
  await database.runScript(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); ${DDL(database.schema)} COMMIT`);
}
