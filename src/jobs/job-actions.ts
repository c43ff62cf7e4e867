import { UseapiError } from '../backends/errors.ts';
import { isJobid } from '../backends/useapi/job-id.ts';
import { UserError } from '../shared/errors.ts';
import { isExpiredError, toProblemSentence, toUserError } from './api-problems.ts';
import { isOver, isVisibleTo, type Job } from './job.ts';
import type { JobApi } from './job-api.ts';
import { toJobEvent } from './job-events.ts';
import { isJobRef } from './job-ref.ts';
import type { JobStore } from './job-store.ts';
import type { JobTracker } from './job-tracker.ts';

/** A job as it is now, or as it was when it was last heard of, with a sentence that says why. */
export interface ShownJob {
  readonly job: Job;
  readonly notice?: string;
}

export type CancelOutcome =
  | { readonly outcome: 'cancelled' | 'asked'; readonly job: Job }
  | { readonly outcome: 'already-over'; readonly job: Job };

export interface JobActionsOptions {
  readonly api: JobApi;
  readonly store: JobStore;
  readonly tracker: JobTracker;
}

const PERSON_DEADLINE_MS = 10_000;
const UNKNOWN_JOB =
  'There is no such job here. Pick one from the list that appears while you type, or paste a whole `jobid`.';

const CANCEL_REFUSED =
  'The API refuses to cancel this job, although it still runs. Refresh the card in a moment and try again.';

/** What people can do with one job; every id is checked against the server that asks. */
export class JobActions {
  readonly #api: JobApi;
  readonly #store: JobStore;
  readonly #tracker: JobTracker;

  constructor({ api, store, tracker }: JobActionsOptions) {
    this.#api = api;
    this.#store = store;
    this.#tracker = tracker;
  }

  /** The job that a person means by a ref or a jobid. @throws UserError where the server may not know of it. */
  async resolve(idOrRef: string, guildId: string): Promise<{ readonly jobid: string; readonly known?: Job }> {
    const text = idOrRef.trim();
    const ref = isJobRef(text.toLowerCase()) ? text.toLowerCase() : undefined;
    const known = ref === undefined ? (await this.#store.find(text)).job : await this.#store.get(ref);
    if (known !== undefined && isVisibleTo(known, guildId)) return { jobid: known.jobid, known };
    const jobid = ref === undefined ? text : await this.#store.findRelative(ref);
    if (known === undefined && jobid !== undefined && isJobid(jobid)) return { jobid };
    throw new UserError('job-unknown', UNKNOWN_JOB);
  }

  /** Reads a job at the API; where that fails, what was known of it, with a notice. */
  async show(idOrRef: string, guildId: string): Promise<ShownJob> {
    const { jobid, known } = await this.resolve(idOrRef, guildId);
    try {
      return { job: await this.#read(jobid, guildId) };
    } catch (thrown) {
      if (!(thrown instanceof UseapiError) || known === undefined || !known.isRead) throw toUserError(thrown);
      const job = isExpiredError(thrown) ? await this.#tracker.observeGone(jobid) : known;
      return { job: job ?? known, notice: toProblemSentence(thrown) };
    }
  }

  /** Cancels a job and reads it again, because every answer to a cancel leaves open what the job is now. */
  async cancel(idOrRef: string, guildId: string): Promise<CancelOutcome> {
    const { job: before } = await this.show(idOrRef, guildId);
    if (isOver(before)) return { outcome: 'already-over', job: before };
    const { outcome } = await this.#askToCancel(before.jobid);
    const after = await this.#readOr(before, guildId);
    if (isOver(after)) return { outcome: toJobEvent(after) === 'cancelled' ? 'cancelled' : 'already-over', job: after };
    if (outcome === 'refused') throw new UserError('cancel-refused', CANCEL_REFUSED);
    return { outcome: 'asked', job: after };
  }

  async #askToCancel(jobid: string) {
    try {
      return await this.#api.cancelJob(jobid);
    } catch (thrown) {
      throw toUserError(thrown);
    }
  }

  async #read(jobid: string, guildId: string): Promise<Job> {
    const job = await this.#tracker.observe(await this.#api.readJob(jobid, { deadlineMs: PERSON_DEADLINE_MS }));
    if (!isVisibleTo(job, guildId)) throw new UserError('job-unknown', UNKNOWN_JOB);
    return job;
  }

  async #readOr(before: Job, guildId: string): Promise<Job> {
    try {
      return await this.#read(before.jobid, guildId);
    } catch (thrown) {
      if (thrown instanceof UseapiError) return before;
      throw thrown;
    }
  }
}
