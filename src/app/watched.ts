import type { Lifecycle } from '../health/lifecycle.ts';
import type { Readiness } from '../health/readiness.ts';
import type { ObservedQueue } from '../queue/observed-queue.ts';
import type { Parts } from './build-parts.ts';

/** What health and metrics look at; filled while the bot is built. */
export interface Watched {
  readonly lifecycle: Lifecycle;
  queue?: ObservedQueue;
  parts?: Parts;
  readiness?: Readiness;
  /** Of the operator's accounts: servers bring theirs later. */
  boards: readonly string[];
}
