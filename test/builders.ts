import type { ApiJob } from '../src/backends/api-job.ts';
import type { Job } from '../src/jobs/job.ts';
import { toJobRef } from '../src/jobs/job-ref.ts';

const AN_API_CHANNEL = '1234567890123456789';
const A_TIME = Date.UTC(2025, 9, 23, 14, 15, 20, 123);

/** Ids of v3 jobs that differ by `n`. */
export function aJobid(n = 1): string {
  return `j1023141520123${String(n).padStart(6, '0')}i-u12345-c${AN_API_CHANNEL}-bot:midjourney`;
}

/** A record as the client gives it: a running v3 image job, unless set otherwise. */
export function anApiJob(over: Partial<ApiJob> = {}): ApiJob {
  return {
    jobid: aJobid(),
    board: 'v3',
    status: 'progress',
    verb: 'imagine',
    jobType: 'image',
    prompt: 'a lighthouse in the fog',
    apiChannel: AN_API_CHANNEL,
    createdAt: A_TIME,
    attachments: [],
    buttons: [],
    imageUx: [],
    videoUx: [],
    children: [],
    embeds: [],
    ...over,
  };
}

/** A stored job. */
export function aJob(over: Partial<Job> = {}): Job {
  const jobid = over.jobid ?? aJobid();
  return {
    ...anApiJob({ jobid }),
    ref: toJobRef(jobid),
    firstSeenAt: A_TIME,
    observedAt: A_TIME,
    changedAt: A_TIME,
    isRead: true,
    ...over,
  };
}
