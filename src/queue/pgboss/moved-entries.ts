import type { Querier } from '../../shared/postgres-handle.ts';

/** An entry that had ended where it came from, and whose key may be kept still. */
export interface EndedEntry {
  readonly key: string;
  /** Milliseconds since its end. */
  readonly endedAgoMs: number;
  /** For one that failed. */
  readonly failure?: { readonly attempts: number; readonly lastError: string };
}

/**
 * Ends entries that were just added in the same transaction, as if they had been handled when they were, so that their
 * keys stay taken for as long as they were to be.
 * @param schema Of the queue's tables.
 */
export async function endMovedEntries(
  querier: Querier,
  schema: string,
  queue: string,
  ended: readonly EndedEntry[],
): Promise<void> {
  const sql = `UPDATE ${schema}.job j SET state = 'completed', output = w.failure::text::jsonb,
      completed_on = ${schema}.job_now() - w.ago * interval '1 ms'
    FROM unnest($2::text[], $3::float8[], $4::text[]) AS w(key, ago, failure)
    JOIN ${schema}.entry_keys k ON k.queue = $1 AND k.key = w.key
    WHERE j.id = k.entry_id`;
  const failures = ended.map(({ failure }) => (failure === undefined ? null : JSON.stringify(failure)));
  await querier.query(sql, [queue, ended.map(({ key }) => key), ended.map(({ endedAgoMs }) => endedAgoMs), failures]);
}
