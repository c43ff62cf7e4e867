import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

const DEFAULT_URL = 'postgres://root@127.0.0.1:5432/test';
const CONNECT_MS = 2_000;

/** The server that tests use: `TEST_POSTGRES_URL`, or the usual one of this machine. */
export const postgresUrl = process.env['TEST_POSTGRES_URL'] ?? DEFAULT_URL;

/** Whether there is a server; where it must be there, its absence is an error. */
export const hasPostgres = await isReachable();

/** An address with a schema of its own, and how to remove that. */
export interface PostgresPlace {
  readonly url: string;
  destroy(): Promise<void>;
}

export function createPostgresPlace(): PostgresPlace {
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const url = new URL(postgresUrl);
  url.searchParams.set('schema', schema);
  return {
    url: url.href,
    async destroy() {
      await runOnServer(`DROP SCHEMA IF EXISTS ${schema} CASCADE; DROP SCHEMA IF EXISTS ${schema}_queue CASCADE`);
    },
  };
}

/** Runs statements on a connection of their own. */
export async function runOnServer(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: postgresUrl, connectionTimeoutMillis: CONNECT_MS });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows ?? [];
  } finally {
    await client.end();
  }
}

async function isReachable(): Promise<boolean> {
  try {
    await runOnServer('SELECT 1');
    return true;
  } catch (thrown) {
    if (process.env['REQUIRE_POSTGRES'] === undefined) return false;
    throw new Error(`REQUIRE_POSTGRES is set, but there is no PostgreSQL at ${new URL(postgresUrl).host}`, {
      cause: thrown,
    });
  }
}
