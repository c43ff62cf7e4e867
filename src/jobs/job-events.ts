import { z } from 'zod';
import { FINAL_STATUSES, type Job } from './job.ts';

/** What can happen to a job that people may be notified of. */
export const JobEvent = z.enum(['started', ...FINAL_STATUSES]);
export type JobEvent = z.infer<typeof JobEvent>;

/** How v3 says that a person cancelled: the status is `failed`, the error this. */
const CANCELLED_BY_USER = /^job cancelled by user\b/i;

/** The event that a job's status stands for; one that is not final has started. */
export function toJobEvent(job: Pick<Job, 'status' | 'error'>): JobEvent {
  if (job.status === 'failed' && CANCELLED_BY_USER.test(job.error?.trim() ?? '')) return 'cancelled';
  return JobEvent.safeParse(job.status).data ?? 'started';
}
