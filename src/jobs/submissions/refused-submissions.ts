import { parseJobid } from '../../backends/accounts/job-ids.ts';
import type { ApiJob } from '../../backends/api-job.ts';
import type { RejectedPromptError } from '../../backends/backend-errors.ts';
import type { Job } from '../job.ts';
import type { Submission } from './submission.ts';
import { submissionProblemWords } from './words.ts';

/** A 422: Midjourney did not take what a submission asked for. */
export interface Refusal {
  readonly submission: Submission;
  /** Outside text. */
  readonly reason: string;
  /** The job that the API made of it, where it made one. */
  readonly job?: Job;
}

/** Midjourney's words, where the answer has any. */
export function toRefusalReason({ error, errorDetails }: RejectedPromptError): string {
  const parts = [error, errorDetails].filter((part) => part !== undefined && part.trim() !== '');
  return parts.length === 0 ? submissionProblemWords.refused : parts.join(': ');
}

/** The answer's job, where it is one that can be kept. */
export function toRefusedRecord({ job }: RejectedPromptError): ApiJob | undefined {
  return job !== undefined && parseJobid(job.jobid) !== undefined && job.status !== 'unknown' ? job : undefined;
}
