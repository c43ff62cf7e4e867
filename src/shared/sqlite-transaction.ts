import type { SqliteHandle } from './sqlite-handle.ts';
import { StagedTransaction, type Transaction } from './transaction.ts';

/** A transaction on one SQLite file; its works are synchronous. */
export type SqliteTransaction = StagedTransaction<SqliteHandle, () => void>;

/** The transaction as one of this file; undefined where it is of another place. */
export function asSqliteTransaction(
  transaction: Transaction,
  file: SqliteHandle | undefined,
): SqliteTransaction | undefined {
  const isOfFile = transaction instanceof StagedTransaction && transaction.place === file;
  return isOfFile ? transaction : undefined;
}
