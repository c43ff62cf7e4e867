import type { Job } from '../job.ts';
import type { Submission } from './submission.ts';
import { SubmissionError } from './submission-errors.ts';
import { submissionProblemWords } from './words.ts';

/**
 * What a submission came to. `made`: a new job. `existing`: it was there before. `found`: the answer was lost, and the
 * job was found by reading. `may-be-running`: the answer was lost, and no job was found. `busy`: not taken; nothing was
 * spent, try again after `retryAfterMs`.
 */
export type SubmissionResult =
  | { readonly outcome: 'made' | 'existing' | 'found'; readonly job: Job }
  | { readonly outcome: 'may-be-running'; readonly reason: string }
  | { readonly outcome: 'busy'; readonly retryAfterMs: number | undefined }
  | { readonly outcome: 'refused'; readonly reason: string; readonly job?: Job }
  | { readonly outcome: 'failed'; readonly error: SubmissionError };

export const MAY_BE_RUNNING = {
  outcome: 'may-be-running',
  reason: submissionProblemWords.mayBeRunning,
} as const;

/** What a submission came to that has ended, given the job that came of it. */
export function toEndedResult(id: string, submission: Submission | undefined, job: Job | undefined): SubmissionResult {
  if (job !== undefined) return { outcome: submission?.state === 'existing' ? 'existing' : 'found', job };
  if (submission?.state === 'refused')
    return { outcome: 'refused', reason: submission.reason ?? submissionProblemWords.refused };
  return {
    outcome: 'failed',
    error: new SubmissionError(id, 'submission-failed', submission?.reason ?? submissionProblemWords.forgotten),
  };
}
