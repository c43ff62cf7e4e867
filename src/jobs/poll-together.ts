import { z } from 'zod';
import type { Queue } from '../queue/contract.ts';
import type { JobWatcher } from './job-watcher.ts';

const TICK_LEASE_MS = 10_000;

/** Looks at the API every so many milliseconds: one durable tick for all processes on the same queue. */
export async function pollTogether(queue: Queue, watcher: Pick<JobWatcher, 'tick'>, everyMs: number): Promise<void> {
  const ticks = queue.define('poll', z.object({}));
  ticks.work(() => watcher.tick({ mayRest: true }), { leaseMs: TICK_LEASE_MS });
  await ticks.repeat({}, { key: 'poll', everyMs, jitterMs: everyMs / 20 });
}
