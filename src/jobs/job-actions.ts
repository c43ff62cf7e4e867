import { boardOf, parseJobid } from '../backends/accounts/job-ids.ts';
import { BackendError } from '../backends/backend-errors.ts';
import { UserError } from '../shared/errors.ts';
import type { AccountNames } from './account-names.ts';
import { isExpiredError, isReadLimit, toProblemSentence, toUserError } from './api-problems.ts';
import { isOver, isVisibleTo, type Job } from './job.ts';
import type { GuildRead, JobApi } from './job-api.ts';
import { toJobEvent } from './job-events.ts';
import { isJobRef } from './job-ref.ts';
import type { JobStore } from './job-store.ts';
import type { JobTracker } from './job-tracker.ts';
import { problemWords } from './words.ts';

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
  /** Reads in a server's turn. Default: at once. */
  readonly read?: GuildRead;
  readonly store: JobStore;
  readonly tracker: JobTracker;
  /** Whether a server may know of a board. Default: of all. */
  readonly isOpenTo?: (board: string, guildId: string) => boolean;
  /**
   * Whether a submission of this server has no answer yet, so that a new job may be its own and show up late. What is
   * said goes by this server alone, so that it tells of no other. Default: none has.
   */
  readonly hasUnanswered?: (guildId: string) => boolean;
  /** Names the account that has a problem, where the server has several. */
  readonly accounts?: Pick<AccountNames, 'nameIn'>;
}

const PERSON_DEADLINE_MS = 10_000;

/** What people can do with one job; every id is checked against the server that asks. */
export class JobActions {
  readonly #options: JobActionsOptions;

  constructor(options: JobActionsOptions) {
    this.#options = options;
  }

  /** The job that a person means by a ref or a jobid. @throws UserError where the server may not know of it. */
  async resolve(idOrRef: string, guildId: string): Promise<{ readonly jobid: string; readonly known?: Job }> {
    const text = idOrRef.trim();
    const ref = isJobRef(text.toLowerCase()) ? text.toLowerCase() : undefined;
    const known = ref === undefined ? (await this.#options.store.find(text)).job : await this.#options.store.get(ref);
    if (known !== undefined && isVisibleTo(known, guildId)) return { jobid: known.jobid, known };
    const jobid = ref === undefined ? text : await this.#options.store.findRelative(ref);
    if (known === undefined && jobid !== undefined && this.#mayAskFor(jobid, guildId)) return { jobid };
    throw this.#toUnknown(guildId);
  }

  /**
   * Reads a job at the API; where that fails, what was known of it, with a notice.
   * @throws UserError where the server has looked up too many.
   */
  async show(idOrRef: string, guildId: string): Promise<ShownJob> {
    const { jobid, known } = await this.resolve(idOrRef, guildId);
    try {
      return { job: await this.#read(jobid, guildId) };
    } catch (thrown) {
      if (!(thrown instanceof BackendError) || isReadLimit(thrown) || known === undefined || !known.isRead)
        throw toUserError(thrown, this.#accountOf(jobid, guildId));
      const job = isExpiredError(thrown) ? await this.#options.tracker.observeGone(jobid) : known;
      return { job: job ?? known, notice: toProblemSentence(thrown, this.#accountOf(jobid, guildId)) };
    }
  }

  /** Cancels a job and reads it again, because every answer to a cancel leaves open what the job is now. */
  async cancel(idOrRef: string, guildId: string): Promise<CancelOutcome> {
    const before = await this.#findToCancel(idOrRef, guildId);
    if (isOver(before)) return { outcome: 'already-over', job: before };
    const { outcome } = await this.#askToCancel(before.jobid, guildId);
    const after = await this.#readOr(before, guildId);
    if (isOver(after)) return { outcome: toJobEvent(after) === 'cancelled' ? 'cancelled' : 'already-over', job: after };
    if (outcome === 'refused') throw new UserError('cancel-refused', problemWords.cancelRefused);
    return { outcome: 'asked', job: after };
  }

  /** What was known of it will do where the server has looked up too many: the API decides anyway. */
  async #findToCancel(idOrRef: string, guildId: string): Promise<Job> {
    try {
      return (await this.show(idOrRef, guildId)).job;
    } catch (thrown) {
      const { known } = await this.resolve(idOrRef, guildId);
      if (thrown instanceof UserError && isReadLimit(thrown) && known?.isRead === true) return known;
      throw thrown;
    }
  }

  /** Of another server's account nothing is asked: its answer, or how long it takes, would tell that there is one. */
  #mayAskFor(jobid: string, guildId: string): boolean {
    const board = parseJobid(jobid)?.board;
    return board !== undefined && this.#options.isOpenTo?.(board, guildId) !== false;
  }

  #toUnknown(guildId: string): UserError {
    const isUndecided = this.#options.hasUnanswered?.(guildId) === true;
    return new UserError('job-unknown', isUndecided ? problemWords.undecidedJob : problemWords.unknownJob);
  }

  #accountOf(jobid: string, guildId: string): string | undefined {
    return this.#options.accounts?.nameIn(guildId, boardOf(jobid) ?? '');
  }

  async #askToCancel(jobid: string, guildId: string) {
    try {
      return await this.#options.api.cancel(jobid);
    } catch (thrown) {
      throw toUserError(thrown, this.#accountOf(jobid, guildId));
    }
  }

  async #read(jobid: string, guildId: string): Promise<Job> {
    const { api, tracker, read = (_, id, options) => api.readJob(id, options) } = this.#options;
    const job = await tracker.observe(await read(guildId, jobid, { deadlineMs: PERSON_DEADLINE_MS }));
    if (!isVisibleTo(job, guildId)) throw this.#toUnknown(guildId);
    return job;
  }

  async #readOr(before: Job, guildId: string): Promise<Job> {
    try {
      return await this.#read(before.jobid, guildId);
    } catch (thrown) {
      if (thrown instanceof BackendError) return before;
      throw thrown;
    }
  }
}
