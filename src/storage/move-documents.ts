import type { DatabaseSync } from 'node:sqlite';
import type { Querier } from '../shared/postgres-handle.ts';

const BATCH = 500;

/** Copies every document of a SQLite store, as it is stored, into the tables of another; returns how many. */
export async function moveDocuments(source: DatabaseSync, target: Querier, schema: string): Promise<number> {
  const page = source.prepare(`SELECT rowid, namespace, key, value, expires FROM keyv
    WHERE rowid > ? AND value IS NOT NULL ORDER BY rowid LIMIT ${BATCH}`);
  const sql = `INSERT INTO ${schema}.documents (collection, key, value, expires_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])`;
  let moved = 0;
  for (let rows = page.all(-1); rows.length > 0; rows = page.all(rows.at(-1)?.['rowid'] ?? null)) {
    const column = (name: string) => rows.map((row) => row[name] ?? null);
    await target.query(sql, [column('namespace'), column('key'), column('value'), column('expires')]);
    moved += rows.length;
  }
  return moved;
}
