import type { Job } from './job.ts';

/** What can be told of a job. */
export const JOB_EVENTS = ['started', 'completed', 'moderated', 'failed', 'cancelled'] as const;
export type JobEvent = (typeof JOB_EVENTS)[number];

const CANCELLED_ERROR = 'Job cancelled by user';

/** The event that a job's status stands for; v3 spells a cancelled job as `failed` with an error of its own. */
export function toJobEvent(job: Pick<Job, 'status' | 'error'>): JobEvent {
  if (job.status === 'failed' && job.error === CANCELLED_ERROR) return 'cancelled';
  if (job.status === 'completed' || job.status === 'moderated') return job.status;
  if (job.status === 'failed' || job.status === 'cancelled') return job.status;
  return 'started';
}
