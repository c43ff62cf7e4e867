import type { ApiJob } from '../../backends/api-job.ts';
import type { RejectedPromptError } from '../../backends/errors.ts';
import { parseJobid } from '../../backends/useapi/job-id.ts';
import type { Job } from '../job.ts';
import type { Act } from './submission.ts';

/** A 422: Midjourney did not take what an act asked for. */
export interface Refusal {
  readonly act: Act;
  /** Outside text. */
  readonly reason: string;
  /** The job that the API made of it, where it made one. */
  readonly job?: Job;
}

export const REFUSED = 'Midjourney refused the prompt.';

/** Midjourney's words, where the answer has any. */
export function toRefusalReason({ error, errorDetails }: RejectedPromptError): string {
  const parts = [error, errorDetails].filter((part) => part !== undefined && part.trim() !== '');
  return parts.length === 0 ? REFUSED : parts.join(': ');
}

/** The answer's job, where it is one that can be kept. */
export function toRefusedRecord({ job }: RejectedPromptError): ApiJob | undefined {
  return job !== undefined && parseJobid(job.jobid) !== undefined && job.status !== 'unknown' ? job : undefined;
}
