import { z } from 'zod';
import type { PostgresHandle } from '../../shared/postgres-handle.ts';

export interface DatabaseFacts {
  /** As the server counts: 150004. */
  readonly version: number;
  readonly hasTables: boolean;
  /** The process that holds the right to work, or held it last. */
  readonly lease?: { readonly owner: string; readonly isHeld: boolean };
}

const Server = z.object({ version: z.coerce.number(), has_tables: z.boolean() });
const Lease = z.object({ owner: z.string(), is_held: z.boolean() });

/** Looks at a database, and changes nothing. Rejects with what `pg` throws. */
export async function readDatabaseFacts(database: PostgresHandle): Promise<DatabaseFacts> {
  const leases = `${database.schema}.leases`;
  const sql = `SELECT current_setting('server_version_num') AS version, to_regclass($1) IS NOT NULL AS has_tables`;
  const [row] = await database.read(sql, [leases]);
  const { version, has_tables: hasTables } = Server.parse(row);
  if (!hasTables) return { version, hasTables };
  const [found] = await database.read(`SELECT owner, ends_at > now() AS is_held FROM ${leases} WHERE name = 'bot'`);
  if (found === undefined) return { version, hasTables };
  const { owner, is_held: isHeld } = Lease.parse(found);
  return { version, hasTables, lease: { owner, isHeld } };
}
