import type { ApiJob } from '../../backends/api-job.ts';
import type { Clock } from '../../shared/clock.ts';
import type { JobStore } from '../job-store.ts';
import type { Submission } from './submission.ts';

export interface KnownJobs {
  readonly jobs: Pick<JobStore, 'find'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Whether what a submit returned as new had been there before: v3 answers a repeated upscale with the child it has, and
 * may do so as if it were new.
 */
export async function wasThere({ jobs, clock }: KnownJobs, submission: Submission, record: ApiJob): Promise<boolean> {
  if (submission.work.kind === 'submit') return false;
  if (record.replyRef !== undefined) return record.replyRef !== submission.id;
  if (submission.work.childrenBefore.includes(record.jobid)) return true;
  const { job } = await jobs.find(record.jobid);
  const sentAt = submission.sentAt ?? submission.askedAt;
  // Where the clock was set back since, the two times cannot be compared.
  return job !== undefined && sentAt <= clock.now() && job.firstSeenAt < sentAt;
}
