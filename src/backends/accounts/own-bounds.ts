import type { ApiJob, RunningChannel, RunningJob, RunningList } from '../api-job.ts';
import { BodyTooLargeError } from '../backend-errors.ts';

/** Of one account that a server brings; what its server says is up to whoever runs that. */
const MAX_FOLLOWED = 100;
const MAX_NEW_PER_HOUR = 600;
const MAX_CHANNELS = 25;
const MAX_ID = 200;
/** Of the name of an API channel: what Discord takes as a suggestion. */
const MAX_API_CHANNEL = 100;
/** Characters of a record as JSON: several times what one with a long prompt has. */
const MAX_RECORD = 64 * 1024;
/** The newest are kept. */
const MAX_CHILDREN = 100;
const MAX_BATCHMATES = 10;
const HOUR_MS = 60 * 60_000;

/** The record with so many other jobs as one can have. @throws BodyTooLargeError where it is larger than any can be */
export function toModest(job: ApiJob): ApiJob {
  if (isModest(job)) return withFewOthers(job);
  throw new BodyTooLargeError({ endpoint: 'record' });
}

/** How much of what an account lists is taken in, so that no server fills the memory and the store of all. */
export class OwnBounds {
  #hour = 0;
  #newInHour = 0;
  /** Those that were taken and may not be known yet. */
  #taken: ReadonlySet<string> = new Set();

  /** @param known Ids of the jobs that are followed already: those are always taken. */
  toBounded(list: RunningList, known: readonly string[]): RunningList {
    const taken = new Set<string>();
    const followed = new Set(known);
    const takes = ({ jobid, apiChannel = '' }: RunningJob) => {
      if (jobid.length > MAX_ID || apiChannel.length > MAX_API_CHANNEL) return false;
      if (taken.has(jobid) || followed.has(jobid) || this.#mayTake(jobid, followed.size + taken.size, list.fetchedAt)) {
        if (!followed.has(jobid)) taken.add(jobid);
        return true;
      }
      return false;
    };
    const sound = list.channels.filter(({ apiChannel }) => apiChannel.length <= MAX_API_CHANNEL).slice(0, MAX_CHANNELS);
    const channels = sound.map((channel): RunningChannel => ({ ...channel, jobs: channel.jobs.filter(takes) }));
    this.#taken = taken;
    const records = list.records?.filter(
      (record) => (taken.has(record.jobid) || followed.has(record.jobid)) && isModest(record),
    );
    return { ...list, channels, ...(records !== undefined && { records: records.map(withFewOthers) }) };
  }

  #mayTake(jobid: string, count: number, now: number): boolean {
    if (count >= MAX_FOLLOWED) return false;
    if (this.#taken.has(jobid)) return true;
    const hour = Math.floor(now / HOUR_MS);
    if (hour !== this.#hour) this.#newInHour = 0;
    this.#hour = hour;
    if (this.#newInHour >= MAX_NEW_PER_HOUR) return false;
    this.#newInHour += 1;
    return true;
  }
}

/** Each that is named is kept, or followed. */
function withFewOthers(job: ApiJob): ApiJob {
  const batchmates = job.batchmates?.slice(0, MAX_BATCHMATES);
  return { ...job, children: job.children.slice(-MAX_CHILDREN), ...(batchmates !== undefined && { batchmates }) };
}

function isModest(job: ApiJob): boolean {
  return JSON.stringify(job).length <= MAX_RECORD && (job.apiChannel ?? '').length <= MAX_API_CHANNEL;
}
