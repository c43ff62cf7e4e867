import type { Job } from '../job.ts';
import { REFUSED } from './refused-submissions.ts';
import type { Act } from './submission.ts';
import { ActError } from './submission-errors.ts';

/**
 * What an act came to. `made`: a new job. `existing`: it was there before. `found`: the answer was lost, and the job
 * was found by reading. `may-be-running`: the answer was lost, and no job was found. `busy`: not taken; nothing was
 * spent, try again after `retryAfterMs`.
 */
export type ActResult =
  | { readonly outcome: 'made' | 'existing' | 'found'; readonly job: Job }
  | { readonly outcome: 'may-be-running'; readonly reason: string }
  | { readonly outcome: 'busy'; readonly retryAfterMs: number | undefined }
  | { readonly outcome: 'refused'; readonly reason: string; readonly job?: Job }
  | { readonly outcome: 'failed'; readonly error: ActError };

const FORGOTTEN = 'Nothing is known of this any more. Look at `/jobs` before you try again.';
export const MAY_BE_RUNNING = {
  outcome: 'may-be-running',
  reason:
    'The API’s answer was lost, and the job was not found among those that run. It may be running all the same: look at `/jobs` before you try again.',
} as const;

/** What an act came to that has ended, given the job that came of it. */
export function toEndedResult(id: string, act: Act | undefined, job: Job | undefined): ActResult {
  if (job !== undefined) return { outcome: act?.state === 'existing' ? 'existing' : 'found', job };
  if (act?.state === 'refused') return { outcome: 'refused', reason: act.reason ?? REFUSED };
  return { outcome: 'failed', error: new ActError(id, 'act-failed', act?.reason ?? FORGOTTEN) };
}
