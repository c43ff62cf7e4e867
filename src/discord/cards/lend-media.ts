import type { Job } from '../../jobs/job.ts';
import { toMediaSets } from '../../jobs/job-media.ts';
import type { MediaLease, MediaRequest } from '../../media/media-file.ts';

/** What cards need of the media store. */
export interface MediaLender {
  lease(request: MediaRequest): Promise<MediaLease>;
}

/** A job's files for one message: its single results, or what holds them all where none of those can be had. */
export async function lendMedia(
  media: MediaLender,
  job: Job,
  limits: Omit<MediaRequest, 'ref' | 'sources'>,
): Promise<MediaLease> {
  const [first = [], ...others] = toMediaSets(job);
  let lease = await media.lease({ ref: job.ref, sources: first, ...limits });
  for (const sources of others) {
    if (lease.results.some(({ kind }) => kind === 'file')) return lease;
    lease.release();
    lease = await media.lease({ ref: job.ref, sources, ...limits });
  }
  return lease;
}
