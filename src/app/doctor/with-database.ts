import { systemClock } from '../../shared/clock.ts';
import { silentLogger } from '../../shared/logger.ts';
import type { PostgresHandle } from '../../shared/postgres-handle.ts';

const REACH_WAIT_MS = 2_000;

/** Its packages are read from disk only where they are needed. */
export async function withDatabase<T>(url: string, look: (database: PostgresHandle) => Promise<T>): Promise<T> {
  const { PostgresHandle } = await import('../../shared/postgres-handle.ts');
  const limits = { maxConnections: 1, reachWaitMs: REACH_WAIT_MS, connectWaitMs: REACH_WAIT_MS };
  const database = new PostgresHandle({ url, clock: systemClock, logger: silentLogger, ...limits });
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}
