import { claimsEnd, readNamedIds, toJobidsOf } from '../../backends/accounts/hinted-ids.ts';
import { BackendError } from '../../backends/backend-errors.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { isFinal, type Job } from '../job.ts';
import type { JobApi } from '../job-api.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import { toBoard } from '../submissions/lost-answers.ts';
import type { Submission } from '../submissions/submission.ts';
import type { SubmissionRunner } from '../submissions/submission-runner.ts';
import type { SubmissionStore } from '../submissions/submission-store.ts';
import { HintTurns, type Look } from './hint-turns.ts';
import type { HintedBoards } from './hinted-boards.ts';

export interface JobHintsOptions {
  readonly api: Pick<JobApi, 'readJob'>;
  readonly submissionStore: Pick<SubmissionStore, 'get'>;
  readonly runner: Pick<SubmissionRunner, 'lookFor' | 'reportFound'>;
  readonly jobs: Pick<JobStore, 'get' | 'find'>;
  readonly tracker: Pick<JobTracker, 'observe'>;
  readonly hintedBoards: Pick<HintedBoards, 'note'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A read that began before the call may miss what the call tells of. */
const READ = { deadlineMs: 10_000, isFresh: true } as const;
/** How many of the ids that a call names are tried while it is not known which job the submission made. */
const MAX_GUESSES = 2;

/**
 * What calls back lead to: a look at the job itself. Of a call only job ids are taken, and those are read only where
 * they are jobs of the submission whose address was called, or may be while its answer is lost.
 */
export class JobHints {
  readonly #options: JobHintsOptions;
  readonly #turns: HintTurns;

  constructor(options: JobHintsOptions) {
    this.#options = options;
    const { submissionStore, clock, logger } = options;
    const tenantOf = async (ref: string) => (await submissionStore.get(ref))?.guildId;
    this.#turns = new HintTurns({ look: (ref, named) => this.#look(ref, named), tenantOf, clock, logger });
  }

  /** Takes in that something was sent for a submission; nothing of it need be true. */
  note(ref: string, body: unknown): void {
    this.#turns.add(ref, readNamedIds(body), claimsEnd(body));
  }

  /** Follows nothing more; resolves when no look is under way. */
  stop(): Promise<void> {
    return this.#turns.stop();
  }

  async #look(ref: string, named: readonly string[]): Promise<Look> {
    const { submissionStore } = this.#options;
    const submission = await submissionStore.get(ref);
    if (submission === undefined) return 'over';
    const jobids = toJobidsOf(toBoard(submission), named);
    if (submission.state === 'unknown') return this.#lookForLost(submission, jobids.slice(0, MAX_GUESSES));
    const jobs = await this.#jobsOf(submission, jobids);
    // Its POST has no answer yet, and a server may call back before it answers.
    if (jobs.length === 0) return submission.state === 'sending' ? 'early' : 'over';
    return this.#readAll(jobs.filter((job) => !isFinal(job)));
  }

  /** Its answer was lost: one of these may be the job that it made. */
  async #lookForLost(submission: Submission, jobids: readonly string[]): Promise<Look> {
    const { submissionStore, runner } = this.#options;
    if (jobids.length === 0) return 'same';
    const result = await runner.lookFor(submission, jobids);
    const found = await submissionStore.get(submission.id);
    if (result.outcome !== 'found' || found === undefined) return 'same';
    runner.reportFound(found, result.job);
    return 'new';
  }

  /** The jobs of a submission that are known: some submits make several. */
  async #jobsOf({ id, childRef }: Submission, jobids: readonly string[]): Promise<readonly Job[]> {
    const { jobs } = this.#options;
    const child = childRef === undefined ? undefined : await jobs.get(childRef);
    const others = jobids.filter((jobid) => jobid !== child?.jobid);
    const named = await Promise.all(others.map(async (jobid) => (await jobs.find(jobid)).job));
    return [child, ...named.filter((job) => job?.replyRef === id)].filter((job) => job !== undefined);
  }

  async #readAll(jobs: readonly Job[]): Promise<Look> {
    if (jobs.length === 0) return 'over';
    const news = await Promise.all(jobs.map((job) => this.#read(job)));
    return news.includes(true) ? 'new' : 'same';
  }

  /** Returns whether the record says what was not known. */
  async #read(before: Job): Promise<boolean> {
    const { api, tracker, hintedBoards, logger } = this.#options;
    try {
      const after = await tracker.observe(await api.readJob(before.jobid, READ));
      const isNew = after.changedAt !== before.changedAt || after.status !== before.status;
      if (isNew) hintedBoards.note(before.board);
      return isNew;
    } catch (thrown) {
      if (!(thrown instanceof BackendError)) throw thrown;
      logger.debug({ ref: before.ref, error: toErrorMessage(thrown) }, 'A job could not be read.');
      return false;
    }
  }
}
