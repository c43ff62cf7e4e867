import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { claimStoreFile } from '../../src/shared/sqlite-file.ts';

const KEYV = 'CREATE TABLE keyv (key TEXT, value TEXT, namespace TEXT, expires INTEGER)';

function pragmasAfter(sql: string): unknown {
  const database = new DatabaseSync(':memory:');
  database.exec(sql);
  claimStoreFile(database);
  const read = (name: string) => database.prepare(`PRAGMA ${name}`).get()?.[name];
  return { id: read('application_id'), version: read('user_version') };
}

const OURS = { id: 0x55736442, version: 1 };

describe('a store file', () => {
  it.each([
    ['that is empty', ''],
    ['of version 0.1, which has no mark', KEYV],
    ['that is marked already', 'PRAGMA application_id = 0x55736442; PRAGMA user_version = 1'],
  ])('%s is taken and marked', (_name, sql) => {
    expect(pragmasAfter(sql)).toEqual(OURS);
  });

  it.each([
    ['with a table of another program', `${KEYV}; CREATE TABLE songs (title TEXT)`, 'it holds "songs"'],
    ['with the mark of another program', 'PRAGMA application_id = 7', 'it belongs to another program'],
    ['with a table of our name and other columns', 'CREATE TABLE queue_entries (id INTEGER)', '"queue_entries"'],
    ['of a newer version', 'PRAGMA application_id = 0x55736442; PRAGMA user_version = 2', 'schema 2'],
  ])('%s is refused', (_name, sql, why) => {
    expect(() => pragmasAfter(sql)).toThrow(why);
  });
});
