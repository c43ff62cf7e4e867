import type { ApiJob, ApiVersion, RunningJob } from '../../backends/api-job.ts';
import { UseapiError } from '../../backends/errors.ts';
import { parseJobid, versionOf } from '../../backends/useapi/job-id.ts';
import type { Clock } from '../../shared/clock.ts';
import { forEachLimited } from '../../shared/limiter.ts';
import type { Job } from '../job.ts';
import type { JobApi } from '../job-api.ts';
import type { JobTracker } from '../job-tracker.ts';
import type { Act } from './submission.ts';

/** `unreadable`: the API could not be asked, so that nothing is known. */
export type SearchResult =
  | { readonly outcome: 'found'; readonly job: Job }
  | { readonly outcome: 'not-found' | 'unreadable' };

const READ_DEADLINE_MS = 5_000;
const CONCURRENT_READS = 4;
const MAX_CANDIDATES = 24;
/** Milliseconds by which the API's clock may be behind ours. */
export const CLOCK_SKEW_MS = 120_000;
/** Milliseconds for which a job runs at the most. */
const LONGEST_RUN_MS = 60 * 60_000;

/**
 * Looks for the job that an act of unknown outcome made: in the parent's children and in the running list. Only reads.
 */
export class ActSearch {
  readonly #api: JobApi;
  readonly #tracker: JobTracker;
  readonly #clock: Clock;

  constructor(api: JobApi, tracker: JobTracker, clock: Clock) {
    this.#api = api;
    this.#tracker = tracker;
    this.#clock = clock;
  }

  async find(act: Act): Promise<SearchResult> {
    const fromParent = await this.#childrenOf(act);
    const fromList = await this.#listed(act);
    if (fromParent === undefined && fromList === undefined) return { outcome: 'unreadable' };
    const candidates = [...new Set([...(fromParent ?? []), ...(fromList ?? [])])].slice(0, MAX_CANDIDATES);
    const found: ApiJob[] = [];
    await forEachLimited(candidates, CONCURRENT_READS, async (jobid) => {
      const record = await this.#read(jobid);
      if (record !== undefined && isMadeBy(act, record, this.#clock.now())) found.push(record);
    });
    const best = found.find(({ replyRef }) => replyRef === act.id) ?? found[0];
    if (best !== undefined) return { outcome: 'found', job: await this.#take(act, best) };
    return { outcome: fromList === undefined ? 'unreadable' : 'not-found' };
  }

  /** Reads the job whose button was pressed; undefined where that fails. */
  async #childrenOf({ work }: Act): Promise<string[] | undefined> {
    if (work.kind !== 'press') return undefined;
    const record = await this.#read(work.jobid);
    if (record === undefined) return undefined;
    await this.#tracker.observe(record);
    return record.children.flatMap(({ jobid, button }) => {
      const isNew = jobid !== undefined && !work.childrenBefore.includes(jobid);
      return isNew && (button === undefined || button === work.label) ? [jobid] : [];
    });
  }

  async #listed(act: Act): Promise<string[] | undefined> {
    const since = toSearchStart(act, this.#clock.now());
    const isRecent = ({ createdAt }: RunningJob) => createdAt === undefined || createdAt >= since;
    try {
      const list = await this.#api.listRunning(toVersion(act), { maxAgeMs: 0 });
      const jobs = list.channels.flatMap((channel) => channel.jobs).filter(isRecent);
      return jobs.sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)).map(({ jobid }) => jobid);
    } catch (thrown) {
      if (thrown instanceof UseapiError) return undefined;
      throw thrown;
    }
  }

  async #read(jobid: string): Promise<ApiJob | undefined> {
    try {
      return await this.#api.readJob(jobid, { deadlineMs: READ_DEADLINE_MS });
    } catch (thrown) {
      if (thrown instanceof UseapiError) return undefined;
      throw thrown;
    }
  }

  #take(act: Act, record: ApiJob): Promise<Job> {
    const { guildId, userId } = act;
    return this.#tracker.observe(withParent(act, record), { origin: { guildId, userId } });
  }
}

/** The version that an act speaks to. */
export function toVersion({ work }: Act): ApiVersion {
  return work.kind === 'submit' ? work.version : (versionOf(work.jobid) ?? 'v3');
}

/** The API channel that an act is for, where that is known. */
export function toApiChannel({ work }: Act): string | undefined {
  return work.kind === 'submit' ? work.apiChannel : parseJobid(work.jobid)?.apiChannel;
}

/** The record of what came of an act, with the job and the button that it came from where the API leaves them out. */
export function withParent({ work }: Act, record: ApiJob): ApiJob {
  if (work.kind === 'submit' || record.parentJobid !== undefined) return record;
  return { ...record, parentJobid: work.jobid, button: record.button ?? work.label };
}

/** Before when, by the API's clock, the act's job was surely not made. */
function toSearchStart({ sentAt, askedAt }: Act, now: number): number {
  const since = sentAt ?? askedAt;
  // The clock was set back since: when the act was sent is not known, only that its job may still run.
  return since > now ? now - LONGEST_RUN_MS : since - CLOCK_SKEW_MS;
}

/**
 * Whether a record is that of the job that the act made; without a `replyRef` in it, what was asked and when decide.
 */
export function isMadeBy(act: Act, record: ApiJob, now: number): boolean {
  if (record.replyRef !== undefined) return record.replyRef === act.id;
  if (record.createdAt !== undefined && record.createdAt < toSearchStart(act, now)) return false;
  const { work } = act;
  if (work.kind === 'submit') return record.button === undefined && record.prompt?.trim() === work.prompt.trim();
  const isNew = !work.childrenBefore.includes(record.jobid);
  return isNew && record.parentJobid === work.jobid && record.button === work.label;
}
