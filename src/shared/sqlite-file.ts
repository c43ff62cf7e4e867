import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { AppError } from './errors.ts';

/** In the file's header: `UsdB`. Files of version 0.1 have none. */
const APPLICATION_ID = 0x55736442;
/** Rises with every change that older versions cannot read. */
const SCHEMA_VERSION = 1;
/** The tables of a store, each with columns that only ours have. */
const OWN_TABLES: Readonly<Record<string, readonly string[]>> = {
  keyv: ['key', 'value', 'namespace', 'expires'],
  queue_entries: ['queue', 'key', 'group_name', 'payload', 'run_at'],
};
const NAMES_SHOWN = 3;
const LOCK_WAIT_MS = 1_000;

/** The file is a sound database, and still not one that may be used; the message says why, without its path. */
export class StoreFileError extends AppError {}

/** Marks a file as a store of this bot; to be run where `isMarked` says that it is not. */
export const MARKING = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`;

/**
 * Sees that a database is a store of this bot, in a version that it can read, and marks a new one as such. Nothing is
 * changed in one that is not.
 * @throws StoreFileError `store-foreign`, `store-newer`
 */
export function claimStoreFile(database: DatabaseSync): void {
  if (!isMarked(database)) database.exec(MARKING);
}

/**
 * The number of a store's schema; undefined for one of version 0.1. Nothing is changed.
 * @throws StoreFileError `store-foreign`, `store-newer`
 */
export function readStoreSchema(database: DatabaseSync): number | undefined {
  return isMarked(database) ? readPragma(database, 'user_version') : undefined;
}

/**
 * Opens a store's file for reading, beside a bot that may be at work on it: nothing in it is changed or locked. Throws
 * what SQLite throws.
 */
export function withStoreFile<T>(path: string, look: (database: DatabaseSync) => T): T {
  const address = pathToFileURL(resolve(path));
  // Without a log beside it nobody has it open; SQLite would make one.
  if (!existsSync(`${path}-wal`)) address.searchParams.set('immutable', '1');
  const database = new DatabaseSync(address, { readOnly: true, timeout: LOCK_WAIT_MS });
  try {
    return look(database);
  } finally {
    database.close();
  }
}

/**
 * Whether it is a store that says which schema it has; one that does not is of version 0.1, or new. Nothing is changed.
 * @throws StoreFileError `store-foreign`, `store-newer`
 */
export function isMarked(database: DatabaseSync): boolean {
  const id = readPragma(database, 'application_id');
  const version = readPragma(database, 'user_version');
  if (id === APPLICATION_ID) {
    requireKnown(version);
    return true;
  }
  const tables = listTables(database);
  const foreign = tables.filter((table) => !isOwn(database, table));
  if (id !== 0 || foreign.length > 0) throw new StoreFileError('store-foreign', toForeignSentence(foreign));
  return false;
}

function requireKnown(version: number): void {
  if (version <= SCHEMA_VERSION) return;
  const facts = `it was written by a newer version of the bot (schema ${version}; this version knows ${SCHEMA_VERSION})`;
  throw new StoreFileError('store-newer', facts);
}

function toForeignSentence(tables: readonly string[]): string {
  const shown = tables.slice(0, NAMES_SHOWN).map((table) => JSON.stringify(table.slice(0, 40)));
  const named = shown.length === 0 ? '' : ` (it holds ${shown.join(', ')})`;
  return `it belongs to another program${named}`;
}

function readPragma(database: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

/** What SQLite keeps for itself is left out. */
function listTables(database: DatabaseSync): readonly string[] {
  const sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  return database
    .prepare(sql)
    .all()
    .map(({ name }) => String(name));
}

function isOwn(database: DatabaseSync, table: string): boolean {
  const own = OWN_TABLES[table];
  if (own === undefined) return false;
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
  const names = new Set(columns.map(({ name }) => name));
  return own.every((column) => names.has(column));
}
