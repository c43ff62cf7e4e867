import type { PostgresHandle, Querier } from './postgres-handle.ts';
import { StagedTransaction, type Transaction } from './transaction.ts';

/** A transaction in one PostgreSQL database; its works are repeatable, and act by the querier alone. */
export type PostgresTransaction = StagedTransaction<PostgresHandle, (querier: Querier) => Promise<void>>;

/** The transaction as one of these connections; undefined where it is of another place. */
export function asPostgresTransaction(
  transaction: Transaction,
  database: PostgresHandle,
): PostgresTransaction | undefined {
  const isOfDatabase = transaction instanceof StagedTransaction && transaction.place === database;
  return isOfDatabase ? transaction : undefined;
}
