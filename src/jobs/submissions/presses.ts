import { BackendError } from '../../backends/backend-errors.ts';
import type { Clock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import { toUserError } from '../api-problems.ts';
import { isFinal, isVisibleTo, type Job } from '../job.ts';
import type { JobActions } from '../job-actions.ts';
import { toJobEvent } from '../job-events.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import { toLabelHash } from '../label-hash.ts';
import { type EarlierPress, toEarlier } from './earlier-press.ts';
import { type ButtonNeed, decidePress, type MadeChild, needsOf, type PressDecision } from './press-rules.ts';
import { toPressSubmission } from './press-submission.ts';
import { isOpenSubmission, type Place, type Submission } from './submission.ts';
import type { SubmissionApi } from './submission-api.ts';
import type { SubmissionResult } from './submission-result.ts';
import type { SubmissionRunner } from './submission-runner.ts';
import type { SubmissionStore } from './submission-store.ts';
import type { WaitingLine } from './waiting-line.ts';
import { submissionProblemWords } from './words.ts';

export interface PressRequest {
  /** Of the job whose button it is. */
  readonly ref: string;
  /** The hash stands on components; both are looked up among the job's own `buttons`. */
  readonly button: { readonly label: string } | { readonly labelHash: string };
  readonly prompt?: string;
  /** Base64 PNG, as `toMask` makes it. */
  readonly mask?: string;
  readonly guildId: string;
  readonly userId: string;
  /** Whether the person was shown an earlier press and wants another job all the same. */
  readonly isConfirmed?: boolean;
  /**
   * `id` of the earlier press that the person was shown: the confirmation holds for one job, however often it is
   * sent.
   */
  readonly confirms?: string;
  /** Names the request, such as the interaction's id. */
  readonly requestId?: string;
  readonly place?: Place;
}

/**
 * What came of a press; failures that are nobody's choice are thrown as `UserError`.
 * - `pressed`: `job` is new and paid for.
 * - `existing`: U1–U4 was done before; `job` is what came of it.
 * - `existing-elsewhere`: U1–U4 was done before, and what came of it belongs to another server.
 * - `found`: an earlier press, or this one, whose answer was lost, had made `job` after all.
 * - `already-pressed`: somebody's press is under way or was made a moment ago.
 * - `confirm-repeat`: was pressed before (`previous` where by the bot); ask, then press with `isConfirmed` and
 * `confirms`.
 * - `may-be-running`: the answer was lost and no job was found; Try again is a press with `isConfirmed` and `confirms`.
 * - `queued`: all slots are taken; waits its turn under `key`.
 * - `refused`: Midjourney did not take it; `reason` is outside text.
 */
export type PressOutcome = {
  readonly label: string;
  /** Of the submission whose end, or doubt, this reports to its requester. */
  readonly submissionId?: string;
} & (
  | { readonly outcome: 'pressed' | 'existing'; readonly job: Job }
  /** `isEarlier`: an earlier press made it, and nothing was sent now. */
  | { readonly outcome: 'found'; readonly job: Job; readonly isEarlier: boolean }
  | { readonly outcome: 'existing-elsewhere' }
  | ({ readonly outcome: 'already-pressed' } & EarlierPress)
  | { readonly outcome: 'confirm-repeat'; readonly previous?: EarlierPress }
  | {
      readonly outcome: 'may-be-running';
      readonly reason: string;
      readonly previous: EarlierPress;
      readonly isEarlier: boolean;
    }
  | { readonly outcome: 'queued'; readonly key: string; readonly position: number }
  | { readonly outcome: 'refused'; readonly reason: string; readonly job?: Job }
  | { readonly outcome: 'incomplete'; readonly needs: Exclude<ButtonNeed, 'nothing'> }
);

/** What is known of a button that was pressed in this server. */
export interface UsedButton extends EarlierPress {
  readonly label: string;
  readonly by: string;
}

/** A press whose intent is stored; one that is not sent waits in the line. */
interface Begun {
  readonly submission: Submission;
  readonly isSent: boolean;
}

export interface PressesOptions {
  readonly api: SubmissionApi;
  readonly actions: JobActions;
  readonly jobs: JobStore;
  readonly tracker: JobTracker;
  readonly submissionStore: SubmissionStore;
  readonly runner: SubmissionRunner;
  readonly line: WaitingLine;
  readonly clock: Clock;
}

/** Presses a job's buttons: one press, one paid job, whoever presses, however often, whatever is lost on the way. */
export class Presses {
  readonly #options: PressesOptions;
  readonly #lock = new KeyedLock();

  constructor(options: PressesOptions) {
    this.#options = options;
  }

  /**
   * @throws UserError for an unknown job or button, and where the API refuses (401, 402, 404, 410;
   * `ApiChannelBlockedError` for 596).
   */
  async press(request: PressRequest): Promise<PressOutcome> {
    const { job, label } = await this.#findButton(request);
    const needs = needsOf(label);
    const hasAll = needs === 'nothing' || (request[needs] ?? '') !== '';
    if (!hasAll) return { label, outcome: 'incomplete', needs };
    const first = await this.#decide(request, job, label, false);
    if ('submission' in first || first.kind !== 'look') return this.#answer(request, label, first);
    const looked = await this.#options.runner.lookFor(first.last);
    const isOwn = first.last.guildId === request.guildId;
    if (looked.outcome !== 'may-be-running' && isOwn) return this.#toEarlierOutcome(request, label, first.last, looked);
    const again = await this.#options.jobs.get(job.ref);
    return this.#answer(request, label, await this.#decide(request, again ?? job, label, true), reasonOf(looked));
  }

  /** What an earlier press has made after all; who made that one is notified too. */
  async #toEarlierOutcome(
    { userId }: PressRequest,
    label: string,
    submission: Submission,
    looked: SubmissionResult,
  ): Promise<PressOutcome> {
    const outcome = await this.#toOutcome(label, submission, looked, true);
    if (submission.userId === userId) return outcome;
    if (looked.outcome === 'found') this.#options.runner.reportFound(submission, looked.job);
    const { submissionId: _, ...known } = outcome;
    return known;
  }

  /**
   * By label, for the job's card: whose press made a job last, or is under way. Nothing is shown of what was made in
   * other servers.
   */
  async usedButtons(ref: string, guildId: string): Promise<ReadonlyMap<string, UsedButton>> {
    const used = new Map<string, UsedButton>();
    for (const submission of await this.#options.submissionStore.pressesOf(ref)) {
      const { work, state } = submission;
      const isUsed = submission.guildId === guildId && (isOpenSubmission(submission) || state === 'done');
      if (work.kind !== 'press' || !isUsed) continue;
      used.set(work.label, { label: work.label, ...toEarlier(submission, guildId), by: submission.userId });
    }
    return used;
  }

  /** Decides under the button's lock and, where it is to be sent, stores the intent before the lock is given up. */
  #decide(request: PressRequest, job: Job, label: string, wasLookedFor: boolean): Promise<PressDecision | Begun> {
    const { submissionStore, runner, clock } = this.#options;
    return this.#lock.run(`${job.ref} ${label}`, async () => {
      let trace = await submissionStore.tracePress(job.ref, label);
      for (;;) {
        const decision = decidePress({
          label,
          trace,
          isInFlight: trace.last !== undefined && runner.isInFlight(trace.last.id),
          wasLookedFor,
          isConfirmed: request.isConfirmed === true,
          confirms: request.confirms,
          children: await this.#childrenOf(job, label, trace.made),
          now: clock.now(),
        });
        if (decision.kind !== 'send') return decision;
        const begun = await this.#begin(request, job, label, trace.last);
        if ('submission' in begun) return begun;
        const { faster } = begun;
        if (faster.state === 'waiting' || faster.state === 'sending') return { kind: 'already-pressed', last: faster };
        trace = { ...trace, last: faster };
      }
    });
  }

  /** Stores the intent of a press that follows `last`, unless another process was faster. */
  async #begin(
    request: PressRequest,
    job: Job,
    label: string,
    last: Submission | undefined,
  ): Promise<Begun | { readonly faster: Submission }> {
    const { submissionStore, runner, clock, line } = this.#options;
    // Later than the last press of the button, also where the clock was set back since.
    const askedAt = Math.max(clock.now(), (last?.askedAt ?? 0) + 1);
    const { submission, work } = toPressSubmission(request, job, label, { askedAt, turn: line.nextTurn() });
    const isSent = !line.isBusy(submission);
    const begun = isSent ? await runner.begin(submission, last?.id) : await line.enter(submission, last?.id);
    if (begun !== undefined) return { submission: begun, isSent };
    const faster = await submissionStore.followerOf(work, last?.id);
    if (faster === undefined) throw new UserError('press-failed', submissionProblemWords.parentUnread);
    return { faster };
  }

  async #answer(
    { guildId }: PressRequest,
    label: string,
    decision: PressDecision | Begun,
    reason = submissionProblemWords.parentUnread,
  ): Promise<PressOutcome> {
    const { runner, line } = this.#options;
    if ('submission' in decision) {
      if (!decision.isSent) return { label, outcome: 'queued', ...line.linePositionOf(decision.submission) };
      return this.#toOutcome(label, decision.submission, await runner.send(decision.submission));
    }
    switch (decision.kind) {
      case 'existing':
        return toExisting(label, await this.#readChild(decision.jobid), guildId);
      case 'already-pressed':
        return { label, outcome: 'already-pressed', ...toEarlier(decision.last, guildId) };
      case 'confirm':
        return {
          label,
          outcome: 'confirm-repeat',
          ...(decision.last && { previous: toEarlier(decision.last, guildId) }),
        };
      case 'look':
      case 'missing':
        return {
          label,
          outcome: 'may-be-running',
          reason,
          previous: toEarlier(decision.last, guildId),
          isEarlier: true,
        };
      case 'send':
        throw new UserError('press-failed', submissionProblemWords.parentUnread);
    }
  }

  async #toOutcome(
    label: string,
    submission: Submission,
    result: SubmissionResult,
    isEarlier = false,
  ): Promise<PressOutcome> {
    const submissionId = submission.id;
    switch (result.outcome) {
      case 'made':
        return { label, submissionId, outcome: 'pressed', job: result.job };
      case 'existing':
        return { submissionId, ...toExisting(label, result.job, submission.guildId) };
      case 'found':
        return { label, submissionId, outcome: 'found', job: result.job, isEarlier };
      case 'may-be-running':
        return { label, submissionId, ...result, previous: toEarlier(submission, submission.guildId), isEarlier };
      case 'refused':
        return { label, submissionId, ...result };
      case 'busy':
        return { label, outcome: 'queued', ...(await this.#options.line.join(submission, result.retryAfterMs)) };
      case 'failed':
        throw result.error;
    }
  }

  /** The job and the label; reads the job where what is known of it does not show the button. */
  async #findButton({ ref, button, guildId }: PressRequest): Promise<{ readonly job: Job; readonly label: string }> {
    const { actions } = this.#options;
    const isMeant = (label: string) =>
      'label' in button ? label === button.label : toLabelHash(label) === button.labelHash;
    const { known } = await actions.resolve(ref, guildId);
    const label = known?.buttons.find(isMeant);
    if (known !== undefined && label !== undefined) return { job: known, label };
    const { job } = await actions.show(ref, guildId);
    const found = job.buttons.find(isMeant);
    if (found === undefined) throw new UserError('button-unknown', submissionProblemWords.noButton);
    return { job, label: found };
  }

  async #childrenOf(job: Job, label: string, made: Submission | undefined): Promise<MadeChild[]> {
    const { jobs } = this.#options;
    const named = job.children.flatMap(({ jobid, button }) => (jobid !== undefined && button === label ? [jobid] : []));
    const own = made?.childRef === undefined ? undefined : await jobs.get(made.childRef);
    const jobids = new Set([...named, ...(own === undefined ? [] : [own.jobid])]);
    const children: MadeChild[] = [];
    for (const jobid of jobids) children.push({ jobid, hasFailed: hasFailed((await jobs.find(jobid)).job) });
    return children;
  }

  async #readChild(jobid: string): Promise<Job> {
    const { api, tracker, jobs } = this.#options;
    const { job } = await jobs.find(jobid);
    if (job?.isRead === true) return job;
    try {
      return await tracker.observe(await api.readJob(jobid), { isDecided: true });
    } catch (thrown) {
      if (thrown instanceof BackendError && job !== undefined) return job;
      throw toUserError(thrown);
    }
  }
}

function hasFailed(job: Job | undefined): boolean {
  return job !== undefined && isFinal(job) && toJobEvent(job) !== 'completed';
}

function toExisting(label: string, job: Job, guildId: string): PressOutcome {
  return isVisibleTo(job, guildId) ? { label, outcome: 'existing', job } : { label, outcome: 'existing-elsewhere' };
}

function reasonOf(result: SubmissionResult): string {
  return result.outcome === 'may-be-running' ? result.reason : submissionProblemWords.parentUnread;
}
