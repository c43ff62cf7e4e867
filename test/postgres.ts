import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { onTestFinished } from 'vitest';

const DEFAULT_URL = 'postgres://root@127.0.0.1:5432/test';
/** Where there is no server, loopback says so at once. */
const CONNECT_MS = 30_000;

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

/** A statement that begins so, as no other does, and takes until the test lets it go on or ends. */
export async function holdUp(beginning: string): Promise<{ readonly slow: string; goOn(): Promise<void> }> {
  const key = randomBytes(4).readInt32BE();
  const client = new Client({ connectionString: postgresUrl, connectionTimeoutMillis: CONNECT_MS });
  await client.connect();
  await client.query(`SELECT pg_advisory_lock(${key})`);
  const goOn = () => client.end();
  onTestFinished(goOn);
  return { slow: `${beginning} pg_advisory_xact_lock_shared(${key})`, goOn };
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
