import type { ApiJob } from '../../backends/api-job.ts';
import {
  BackendError,
  BusyError,
  ClientClosedError,
  ConflictError,
  RejectedPromptError,
  UnreachableError,
} from '../../backends/backend-errors.ts';
import type { PressResult } from '../../backends/contract.ts';
import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import { Listeners } from '../../shared/listeners.ts';
import type { Logger } from '../../shared/logger.ts';
import type { AccountNames } from '../account-names.ts';
import { toProblemSentence } from '../api-problems.ts';
import type { Job } from '../job.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import { type SubmissionSearch, toBoard, withParent } from './lost-answers.ts';
import { MissingSubmissions } from './missing-submissions.ts';
import { postSubmission, toRecords } from './post-submission.ts';
import { type Refusal, toRefusalReason, toRefusedRecord } from './refused-submissions.ts';
import { SecondSteps } from './second-steps.ts';
import { isOpenSubmission, type Submission, toOrigin, withoutMask } from './submission.ts';
import type { SubmissionApi } from './submission-api.ts';
import { toAccountGone, toAccountRemoved, toSubmissionError } from './submission-errors.ts';
import { MAY_BE_RUNNING, type SubmissionResult, toEndedResult } from './submission-result.ts';
import type { SubmissionStore } from './submission-store.ts';
import { wasThere } from './was-there.ts';

export interface SubmissionRunnerOptions {
  readonly api: SubmissionApi;
  readonly submissionStore: SubmissionStore;
  readonly jobs: JobStore;
  readonly tracker: JobTracker;
  readonly search: SubmissionSearch;
  /** Whether a server may use a board's account, as it is configured now. Default: any. */
  readonly isOpenTo?: (board: string, guildId: string) => boolean;
  /** Whether a board is of an account that its server has no longer, and that never comes back. Default: none is. */
  readonly isDropped?: ((board: string) => boolean) | undefined;
  /** Names the account that has a problem, where the server has several. */
  readonly accounts: Pick<AccountNames, 'nameIn'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const PARENT_READ_DEADLINE_MS = 10_000;

/** Sends submissions, each at most once: stored as `sending` before, as what came of it after. */
export class SubmissionRunner {
  readonly #options: SubmissionRunnerOptions;
  readonly #missing = new MissingSubmissions();
  readonly #found = new Listeners<[submission: Submission, job: Job], void>();
  readonly #batchmates = new Listeners<[submission: Submission, job: Job]>();
  readonly #begun = new Listeners<[submission: Submission]>();
  readonly #made = new Listeners<[submission: Submission, job: Job]>();
  readonly #refused = new Listeners<[refusal: Refusal]>();
  /**
   * Calls the listener with every submission before it is sent, and again after a restart while it is open: must be
   * idempotent.
   */
  readonly onBegun = this.#begun.on;
  /** Calls the listener with every 422 before it is stored. */
  readonly onRefused = this.#refused.on;
  /**
   * Calls the listener with the job that came of a submission before the submission is stored as ended, and again
   * after a crash in between: must be idempotent.
   */
  readonly onMade = this.#made.on;
  /** Calls the listener with each further job that a submission has made beside its own, before that is reported. */
  readonly onBatchmate = this.#batchmates.on;
  /** Calls the listener when a job turns up that `may-be-running` was said of. */
  readonly onFound = this.#found.on;
  readonly #inFlight = new Set<string>();
  readonly #secondSteps: SecondSteps;
  readonly #lock = new KeyedLock();
  readonly #background = new Set<Promise<unknown>>();
  /** Boards of which the missing are being looked for. */
  readonly #lookingAgain = new Set<string>();

  constructor(options: SubmissionRunnerOptions) {
    this.#options = options;
    this.#secondSteps = new SecondSteps(options);
  }

  /** Whether this process waits for the answer to this submission. */
  isInFlight(id: string): boolean {
    return this.#inFlight.has(id);
  }

  /** Stores the intent of a new submission; undefined where another process was faster. @see SubmissionStore.begin */
  begin(waiting: Submission, follows?: string): Promise<Submission | undefined> {
    return this.#start(waiting, (submission) => this.#options.submissionStore.begin(submission, follows));
  }

  /** Stores the intent of a submission that waited; undefined where it waits no longer. */
  resume(waiting: Submission): Promise<Submission | undefined> {
    return this.#start(waiting, (submission) => this.#options.submissionStore.claim(submission));
  }

  /** Nothing is sent before this has resolved to a submission. */
  async #start(
    waiting: Submission,
    store: (submission: Submission) => Promise<boolean>,
  ): Promise<Submission | undefined> {
    this.#inFlight.add(waiting.id);
    const submission: Submission = { ...waiting, state: 'sending', sentAt: this.#options.clock.now() };
    let isStarted = false;
    try {
      if (!(await store(submission))) return undefined;
      await this.reportBegun(submission);
      isStarted = true;
      return submission;
    } finally {
      if (!isStarted) this.#inFlight.delete(waiting.id);
    }
  }

  /** Calls the listeners of `onBegun`. */
  reportBegun(submission: Submission): Promise<void> {
    return this.#begun.emitInTurn(submission);
  }

  /** Sends a submission that was started, once, and stores what came of it. Rejects only when the store fails. */
  send(submission: Submission): Promise<SubmissionResult> {
    const sent = this.#send(submission).finally(() => this.#inFlight.delete(submission.id));
    this.#inBackground(sent);
    return sent;
  }

  /**
   * Finds out by reading what became of a submission whose answer was lost; never sends, and leaves alone what waits or
   * is being sent. `among`: the jobs that it may have made, where it is known.
   */
  async lookFor({ id }: Submission, among?: readonly string[]): Promise<SubmissionResult> {
    return this.isInFlight(id) ? MAY_BE_RUNNING : this.#lookFor(id, among);
  }

  #lookFor(id: string, among?: readonly string[]): Promise<SubmissionResult> {
    const { submissionStore, search, clock } = this.#options;
    return this.#lock.run(id, async () => {
      const submission = await submissionStore.get(id);
      if (submission === undefined || !isOpenSubmission(submission)) return this.#toResult(id, submission);
      if (submission.state === 'waiting') return MAY_BE_RUNNING;
      const unknown: Submission = { ...submission, state: 'unknown', endedAt: submission.endedAt ?? clock.now() };
      if (submission.state !== 'unknown') await submissionStore.put(unknown);
      if (this.#options.isDropped?.(toBoard(unknown)) === true)
        return this.#end(unknown, 'failed', { outcome: 'failed', error: toAccountRemoved(unknown) });
      const finished = await this.#finishSecondStep(unknown);
      if (finished !== undefined) return finished;
      const job = await this.#missing.lookFor(unknown, () => search.find(unknown, among));
      return job === undefined ? MAY_BE_RUNNING : this.#end(unknown, 'done', { outcome: 'found', job });
    });
  }

  /** What came of a press that takes two steps; undefined where nothing says that it is one. */
  async #finishSecondStep(unknown: Submission): Promise<SubmissionResult | undefined> {
    const answer = await this.#secondSteps.finish(unknown);
    if (answer === undefined) return undefined;
    if (!(answer instanceof BackendError) && answer.outcome === 'created') {
      const origin = toOrigin(unknown);
      const job = await this.#options.tracker.observe(withParent(unknown, answer.job), { origin });
      return this.#end(unknown, 'done', { outcome: 'found', job });
    }
    if (answer instanceof RejectedPromptError) return this.#refuse(unknown, answer);
    this.#missing.add(unknown);
    return MAY_BE_RUNNING;
  }

  /** Takes note of any change of a job: it may be the one that a submission of unknown outcome made. */
  async noteJob(job: Job): Promise<void> {
    if (job.replyRef === undefined || !this.#missing.delete(job.replyRef)) return;
    const submission = await this.#options.submissionStore.get(job.replyRef);
    if (submission?.state !== 'unknown') return;
    await this.#end(submission, 'done', { outcome: 'found', job });
    this.reportFound(submission, job);
  }

  /** Looks once more for what was not found: a job has turned up on this board that may be one of them. */
  lookAgain(board: string): void {
    const ids = this.#missing.turnUp(board);
    if (this.#lookingAgain.has(board) || ids.length === 0) return;
    this.#lookingAgain.add(board);
    this.#inBackground(this.#lookForMissing(ids).finally(() => this.#lookingAgain.delete(board)));
  }

  async #lookForMissing(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const result = await this.#lookFor(id);
      const submission = result.outcome === 'found' ? await this.#options.submissionStore.get(id) : undefined;
      if (result.outcome === 'found' && submission !== undefined) this.reportFound(submission, result.job);
    }
  }

  /** Says that a job has turned up to whoever does not wait for an answer any more. */
  reportFound(submission: Submission, job: Job): void {
    this.#found.emit(submission, job);
  }

  /** What a submission came to that has ended. */
  async #toResult(id: string, submission: Submission | undefined): Promise<SubmissionResult> {
    const job = submission?.childRef === undefined ? undefined : await this.#options.jobs.get(submission.childRef);
    return toEndedResult(id, submission, job);
  }

  /** Resolves when nothing is being sent, nor anything left that was started on the side. */
  async whenIdle(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  async #send(submission: Submission): Promise<SubmissionResult> {
    if (this.#options.isOpenTo?.(toBoard(submission), submission.guildId) === false)
      return this.#end(submission, 'failed', { outcome: 'failed', error: toAccountGone(submission) });
    const answer = await postSubmission(this.#options.api, submission, (press, jobid) =>
      this.#secondSteps.note(press, jobid),
    );
    return answer instanceof BackendError
      ? this.#settleError(this.#secondSteps.complete(submission), answer)
      : this.#settleAnswer(submission, answer);
  }

  async #settleAnswer(submission: Submission, answer: PressResult): Promise<SubmissionResult> {
    const { tracker } = this.#options;
    if (answer.outcome === 'created' && !(await wasThere(this.#options, submission, answer.job))) {
      const origin = toOrigin(submission);
      const [record, ...others] = toRecords(answer.job);
      const job = await tracker.observe(withParent(submission, record), { origin });
      for (const other of others)
        await this.#batchmates.emitInTurn(submission, await tracker.observe(other, { origin }));
      return this.#end(submission, 'done', { outcome: 'made', job });
    }
    const jobid = answer.outcome === 'created' ? answer.job.jobid : answer.jobid;
    const job = await this.#readOr(jobid, answer.job);
    if (job !== undefined) return this.#end(submission, 'existing', { outcome: 'existing', job });
    return this.#fail(submission, new ConflictError({ endpoint: 'POST button', status: 409 }));
  }

  async #settleError(submission: Submission, error: BackendError): Promise<SubmissionResult> {
    const { submissionStore, logger } = this.#options;
    const isUnsent = error instanceof UnreachableError || error instanceof ClientClosedError;
    if (error instanceof BusyError || (isUnsent && submission.hasWaited)) {
      const { sentAt: _, ...rest } = submission;
      await submissionStore.put({ ...rest, state: 'waiting', hasWaited: true });
      return { outcome: 'busy', retryAfterMs: error.retryAfterMs };
    }
    if (error instanceof RejectedPromptError) return this.#refuse(submission, error);
    if (error instanceof ConflictError) return this.#settleConflict(submission, error);
    if (!error.mayHaveWritten) return this.#fail(submission, error);
    logger.warn(
      { submission: submission.id, code: error.code, status: error.status },
      'The outcome of a submission is not known.',
    );
    if (error.status === 596) return this.#leaveUnknown(submission, error);
    const result = await this.#lookFor(submission.id);
    return result.outcome === 'may-be-running'
      ? { ...result, reason: toProblemSentence(error, this.#accountOf(submission)) }
      : result;
  }

  async #refuse(submission: Submission, error: RejectedPromptError): Promise<SubmissionResult> {
    const record = toRefusedRecord(error);
    const origin = toOrigin(submission);
    const job = record && (await this.#options.tracker.observe(withParent(submission, record), { origin }));
    const refusal = { reason: toRefusalReason(error), ...(job !== undefined && { job }) };
    await this.#refused.emitInTurn({ submission, ...refusal });
    return this.#end(submission, 'refused', { outcome: 'refused', ...refusal });
  }

  /** 409 without a job in the answer: its parent names it. */
  async #settleConflict(submission: Submission, error: BackendError): Promise<SubmissionResult> {
    if (submission.work.kind === 'submit') return this.#fail(submission, error);
    const { jobid, label } = submission.work;
    const parent = await this.#readOr(jobid, undefined);
    const child = parent?.children.findLast(({ button }) => button === label)?.jobid;
    const job = child === undefined ? undefined : await this.#readOr(child, undefined);
    return job === undefined
      ? this.#fail(submission, error)
      : this.#end(submission, 'existing', { outcome: 'existing', job });
  }

  async #leaveUnknown(submission: Submission, error: BackendError): Promise<SubmissionResult> {
    await this.#options.submissionStore.put({ ...submission, state: 'unknown', endedAt: this.#options.clock.now() });
    return { outcome: 'failed', error: this.#toError(submission, error) };
  }

  #fail(submission: Submission, error: BackendError): Promise<SubmissionResult> {
    return this.#end(submission, 'failed', { outcome: 'failed', error: this.#toError(submission, error) });
  }

  #toError(submission: Submission, error: BackendError) {
    const { resets } = this.#options.api.capabilities(toBoard(submission));
    return toSubmissionError(submission, error, { account: this.#accountOf(submission), resets });
  }

  #accountOf(submission: Submission): string | undefined {
    return this.#options.accounts.nameIn(submission.guildId, toBoard(submission));
  }

  async #end(submission: Submission, state: Submission['state'], result: SubmissionResult): Promise<SubmissionResult> {
    this.#missing.delete(submission.id);
    const reason = 'reason' in result ? result.reason : 'error' in result ? result.error.message : undefined;
    const job = 'job' in result ? result.job : undefined;
    const isMade = state === 'done' || state === 'existing';
    if (job !== undefined) await this.#made.emitInTurn(submission, job);
    await this.#options.submissionStore.put({
      ...withoutMask(submission),
      state,
      endedAt: this.#options.clock.now(),
      ...(job !== undefined && isMade && { childRef: job.ref }),
      ...(reason !== undefined && { reason }),
    });
    if (isMade && submission.work.kind === 'press') this.#inBackground(this.#readParent(submission.work.jobid));
    return result;
  }

  /** Its children show the new job then. */
  async #readParent(jobid: string): Promise<void> {
    const { api, tracker } = this.#options;
    await tracker.observe(await api.readJob(jobid, { deadlineMs: PARENT_READ_DEADLINE_MS }));
  }

  #inBackground(work: Promise<unknown>): void {
    const guarded: Promise<unknown> = work
      .catch((thrown: unknown) =>
        this.#options.logger.debug(
          { error: toErrorMessage(thrown) },
          'Something that a submission started did not succeed.',
        ),
      )
      .finally(() => this.#background.delete(guarded));
    this.#background.add(guarded);
  }

  async #readOr(jobid: string, record: ApiJob | undefined): Promise<Job | undefined> {
    const { api, tracker, jobs } = this.#options;
    try {
      return await tracker.observe(await api.readJob(jobid), { isDecided: true });
    } catch (thrown) {
      if (!(thrown instanceof BackendError)) throw thrown;
      if (record === undefined) return (await jobs.find(jobid)).job;
      return await tracker.observe(record, { isDecided: true });
    }
  }
}
