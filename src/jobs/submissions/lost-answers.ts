import { boardOf, parseJobid } from '../../backends/accounts/job-ids.ts';
import type { ApiJob, RunningJob } from '../../backends/api-job.ts';
import { BackendError } from '../../backends/backend-errors.ts';
import type { Clock } from '../../shared/clock.ts';
import { forEachLimited } from '../../shared/limiter.ts';
import type { Job } from '../job.ts';
import type { JobApi } from '../job-api.ts';
import type { JobTracker } from '../job-tracker.ts';
import { type Submission, toOrigin } from './submission.ts';
import type { SubmissionApi } from './submission-api.ts';

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

export interface SearchOptions {
  readonly api: JobApi & Pick<SubmissionApi, 'capabilities' | 'findByReplyRef'>;
  readonly tracker: JobTracker;
  readonly clock: Clock;
  /** Whether a record without a reference is surely not that of the submission's job. */
  readonly isEchoed: (submission: Submission) => boolean;
}

/**
 * Looks for the job that a submission of unknown outcome made: in the parent's children and in the running list. Only
 * reads.
 */
export class SubmissionSearch {
  readonly #api: SearchOptions['api'];
  readonly #tracker: JobTracker;
  readonly #clock: Clock;
  readonly #isEchoed: SearchOptions['isEchoed'];

  constructor({ api, tracker, clock, isEchoed }: SearchOptions) {
    this.#api = api;
    this.#tracker = tracker;
    this.#clock = clock;
    this.#isEchoed = isEchoed;
  }

  /**
   * The job whose record carries the submission's reference, where the backend writes it into every record: then no
   * other way to find it is needed.
   */
  async findByReference(submission: Submission): Promise<ApiJob | 'not-found' | 'unreadable' | undefined> {
    const board = toBoard(submission);
    try {
      const found = await this.#api.findByReplyRef(board, submission.id);
      // What it can do may become known with this call, the first one after a start.
      return found ?? (this.#api.capabilities(board).echoesReplyRef ? 'not-found' : undefined);
    } catch (thrown) {
      if (thrown instanceof BackendError) return 'unreadable';
      throw thrown;
    }
  }

  /** @param among The jobs that it may have made, where that is known: no other way is gone. */
  async find(submission: Submission, among?: readonly string[]): Promise<SearchResult> {
    if (among !== undefined) return this.#findAmong(submission, among);
    const referred = await this.findByReference(submission);
    if (referred === 'not-found' || referred === 'unreadable') return { outcome: referred };
    if (referred !== undefined) return { outcome: 'found', job: await this.#take(submission, referred) };
    const fromParent = await this.#childrenOf(submission);
    const fromList = await this.#listed(submission);
    if (fromParent === undefined && fromList === undefined) return { outcome: 'unreadable' };
    const candidates = [...new Set([...(fromParent ?? []), ...(fromList ?? [])])].slice(0, MAX_CANDIDATES);
    const found: ApiJob[] = [];
    await forEachLimited(candidates, CONCURRENT_READS, async (jobid) => {
      const record = await this.#read(jobid);
      if (record !== undefined && this.#isMadeBy(submission, record)) found.push(record);
    });
    const best = found.find(({ replyRef }) => replyRef === submission.id) ?? found[0];
    if (best !== undefined) return { outcome: 'found', job: await this.#take(submission, best) };
    return { outcome: fromList === undefined ? 'unreadable' : 'not-found' };
  }

  /** Reads these jobs and nothing else. */
  async #findAmong(submission: Submission, jobids: readonly string[]): Promise<SearchResult> {
    for (const jobid of jobids) {
      const record = await this.#read(jobid);
      if (record !== undefined && this.#isMadeBy(submission, record))
        return { outcome: 'found', job: await this.#take(submission, record) };
    }
    return { outcome: 'not-found' };
  }

  #isMadeBy(submission: Submission, record: ApiJob): boolean {
    if (record.replyRef === undefined && this.#isEchoed(submission)) return false;
    return isMadeBy(submission, record, this.#clock.now());
  }

  /** Reads the job whose button was pressed; undefined where that fails. */
  async #childrenOf({ work }: Submission): Promise<string[] | undefined> {
    if (work.kind !== 'press') return undefined;
    const record = await this.#read(work.jobid);
    if (record === undefined) return undefined;
    await this.#tracker.observe(record);
    return record.children.flatMap(({ jobid, button }) => {
      const isNew = jobid !== undefined && !work.childrenBefore.includes(jobid);
      return isNew && (button === undefined || button === work.label) ? [jobid] : [];
    });
  }

  async #listed(submission: Submission): Promise<string[] | undefined> {
    const since = toSearchStart(submission, this.#clock.now());
    const isRecent = ({ createdAt }: RunningJob) => createdAt === undefined || createdAt >= since;
    try {
      const list = await this.#api.listRunning(toBoard(submission), { maxAgeMs: 0 });
      const jobs = list.channels.flatMap((channel) => channel.jobs).filter(isRecent);
      return jobs.sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)).map(({ jobid }) => jobid);
    } catch (thrown) {
      if (thrown instanceof BackendError) return undefined;
      throw thrown;
    }
  }

  async #read(jobid: string): Promise<ApiJob | undefined> {
    try {
      return await this.#api.readJob(jobid, { deadlineMs: READ_DEADLINE_MS });
    } catch (thrown) {
      if (thrown instanceof BackendError) return undefined;
      throw thrown;
    }
  }

  #take(submission: Submission, record: ApiJob): Promise<Job> {
    return this.#tracker.observe(withParent(submission, record), { origin: toOrigin(submission) });
  }
}

/** The board that a submission speaks to. */
export function toBoard({ work }: Submission): string {
  return work.kind === 'submit' ? work.board : (boardOf(work.jobid) ?? '');
}

/** The API channel that a submission is for, where that is known. */
export function toApiChannel({ work }: Submission): string | undefined {
  return work.kind === 'submit' ? work.apiChannel : parseJobid(work.jobid)?.apiChannel;
}

/**
 * The record of what came of a submission, with the job and the button that it came from where the API leaves them out.
 */
export function withParent({ work }: Submission, record: ApiJob): ApiJob {
  if (work.kind === 'submit' || record.parentJobid !== undefined) return record;
  return { ...record, parentJobid: work.jobid, button: record.button ?? work.label };
}

/** Before when, by the API's clock, the submission's job was surely not made. */
function toSearchStart({ sentAt, askedAt }: Submission, now: number): number {
  const since = sentAt ?? askedAt;
  // The clock was set back since: when the submission was sent is not known, only that its job may still run.
  return since > now ? now - LONGEST_RUN_MS : since - CLOCK_SKEW_MS;
}

/**
 * Whether a record is that of the job that the submission made; without a `replyRef` in it, what was asked and when
 * decide.
 */
function isMadeBy(submission: Submission, record: ApiJob, now: number): boolean {
  if (record.replyRef !== undefined) return record.replyRef === submission.id;
  if (record.createdAt !== undefined && record.createdAt < toSearchStart(submission, now)) return false;
  const { work } = submission;
  if (work.kind === 'submit') {
    if (record.button !== undefined) return false;
    return work.pictures === undefined
      ? record.prompt?.trim() === work.prompt.trim()
      : record.verb === work.pictures.verb;
  }
  const isNew = !work.childrenBefore.includes(record.jobid);
  return isNew && record.parentJobid === work.jobid && record.button === work.label;
}
