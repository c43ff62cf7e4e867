import type { Clock } from '../../shared/clock.ts';
import { toErrorMessage, UserError } from '../../shared/errors.ts';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import { forEachLimited } from '../../shared/limiter.ts';
import { Listeners } from '../../shared/listeners.ts';
import type { Logger } from '../../shared/logger.ts';
import type { GuildAccounts } from '../guild-accounts.ts';
import type { Job } from '../job.ts';
import type { JobActions } from '../job-actions.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import { resetApiChannel } from './channel-resets.ts';
import { SubmissionSearch, toBoard } from './lost-answers.ts';
import { Presses } from './presses.ts';
import { Prompts } from './prompts.ts';
import { isOpenSubmission, type Submission } from './submission.ts';
import type { SubmissionApi } from './submission-api.ts';
import { SubmissionRunner } from './submission-runner.ts';
import type { PendingSubmission, SubmissionStore } from './submission-store.ts';
import { type WaitedResult, WaitingLine } from './waiting-line.ts';
import { submissionProblemWords } from './words.ts';

export interface SubmissionsOptions {
  readonly api: SubmissionApi;
  /** Its `originOf` must be given to the tracker. */
  readonly submissionStore: SubmissionStore;
  readonly actions: JobActions;
  readonly jobs: JobStore;
  readonly tracker: JobTracker;
  readonly accounts: Pick<GuildAccounts, 'submitBoardOf' | 'nameIn'>;
  /** Whether a server may know of a board. Default: of all. */
  readonly isOpenTo?: (board: string, guildId: string) => boolean;
  /** @see SubmissionRunnerOptions.isDropped */
  readonly isDropped?: (board: string) => boolean;
  /** Whether a board may be slow without anybody else waiting for it. Default: none may. */
  readonly isApart?: (board: string) => boolean;
  /** Whether that board takes pictures instead of a prompt; default: it does. */
  readonly takesPictures?: (board: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** 0 to 1; default `Math.random`. */
  readonly random?: () => number;
}

const CONCURRENT_LOOKS = 2;
/** Milliseconds after which nobody waits any more for the answer to an interaction. */
const INTERACTION_LIFE_MS = 15 * 60_000;
const GIVE_UP_AFTER_MS = 24 * 60 * 60_000;

/** All that spends money, put together: presses, submits, and the line in which both wait. */
export class Submissions {
  readonly presses: Presses;
  readonly prompts: Prompts;
  readonly line: WaitingLine;
  readonly runner: SubmissionRunner;
  readonly #options: SubmissionsOptions;
  readonly #outcomes = new Listeners<[submission: Submission, result: WaitedResult]>();
  /**
   * Calls the listener with what came of a submission for which no interaction waits any more, until it resolves: also
   * after a crash, and again after one in between, so it must be idempotent.
   */
  readonly onOutcome = this.#outcomes.on;
  readonly #background = new Set<Promise<void>>();
  readonly #lock = new KeyedLock();
  /** Submissions whose outcome could not be reported at the last try. */
  readonly #unreported = new Set<string>();

  constructor(options: SubmissionsOptions) {
    const { api, tracker } = options;
    this.#options = options;
    const { echoed } = options.submissionStore;
    const search = new SubmissionSearch({
      api,
      tracker,
      clock: options.clock,
      isEchoed: (submission) => echoed.isExpectedOf(submission),
    });
    this.runner = new SubmissionRunner({ ...options, search });
    this.line = new WaitingLine({ ...options, runner: this.runner });
    this.presses = new Presses({ ...options, runner: this.runner, line: this.line });
    this.prompts = new Prompts({ ...options, runner: this.runner, line: this.line });
    tracker.onUndecided((board) => this.runner.lookAgain(board));
    this.runner.onFound((submission, job) => this.#reportInBackground(submission, { outcome: 'found', job }));
    this.line.onAnyProgress((progress) => {
      if (progress.kind === 'over') this.#reportInBackground(progress.submission, progress.result);
    });
  }

  /**
   * Takes note of a job that was stored: it may be the one that a submission of unknown outcome made. Never rejects.
   */
  async noteJob(job: Job): Promise<void> {
    await this.runner.noteJob(job).catch((thrown: unknown) => this.#warn(thrown));
  }

  /** Notes that the requester has been answered: nothing more is to be reported of this outcome. Never rejects. */
  noteReported(id: string, { isDoubt = false } = {}): Promise<void> {
    const noted = this.#options.submissionStore
      .noteReported(id, isDoubt)
      .catch((thrown: unknown) => this.#warn(thrown));
    this.#inBackground(noted);
    return noted;
  }

  /**
   * Takes up after a restart: what waited waits on, what was being sent is looked for, unreported outcomes are
   * reported; nothing is sent again.
   */
  async recover(): Promise<void> {
    const pending = await this.#options.submissionStore.pending();
    const open = pending.map(({ submission }) => submission).filter(isOpenSubmission);
    for (const submission of open) await this.runner.reportBegun(submission);
    this.line.resume(open.filter(({ state }) => state === 'waiting'));
    const lost = pending.filter(
      ({ submission }) => submission.state !== 'waiting' && !this.runner.isInFlight(submission.id),
    );
    await this.#lookForAll(lost);
  }

  /** Each board by itself; nobody waits for those that are apart. */
  async #lookForAll(lost: readonly PendingSubmission[]): Promise<void> {
    const boards = Map.groupBy(lost, ({ submission }) => toBoard(submission));
    const awaited = [...boards].map(([board, own]) => {
      const looking = forEachLimited(own, CONCURRENT_LOOKS, (one) => this.#lookFor(one));
      if (this.#options.isApart?.(board) !== true) return looking;
      this.#inBackground(looking);
      return undefined;
    });
    await Promise.all(awaited);
  }

  /** Tries again, now and then, to report what could not be reported. */
  async reportPending(): Promise<void> {
    const pending = await this.#options.submissionStore.pending();
    const due = pending.filter(({ submission, isDoubtTold }) => {
      const isOpen =
        submission.state === 'waiting' ||
        submission.state === 'sending' ||
        (submission.state === 'unknown' && isDoubtTold);
      return !isOpen && (this.#unreported.delete(submission.id) || this.#isForgotten(submission));
    });
    await this.#lookForAll(due);
  }

  /** Looks no more for what was lost on boards that are gone for good, and tells who asked for it. */
  async endLost(isGone: (board: string) => boolean): Promise<void> {
    const pending = await this.#options.submissionStore.pending();
    const lost = pending.filter(({ submission }) => submission.state === 'unknown' && isGone(toBoard(submission)));
    for (const one of lost) await this.#lookFor(one);
  }

  /** Whether the interaction that is to be answered with this is over for sure. */
  #isForgotten({ endedAt = 0 }: Submission): boolean {
    return Math.abs(this.#options.clock.now() - endedAt) > INTERACTION_LIFE_MS;
  }

  /** Clears a 596 of an API channel. @throws UserError */
  async resetApiChannel(board: string, apiChannel: string, guildId: string): Promise<void> {
    if (this.#options.isOpenTo?.(board, guildId) === false)
      throw new UserError('channel-unknown', submissionProblemWords.nothingToReset);
    return resetApiChannel(this.#options.api, board, apiChannel);
  }

  /** Takes nothing more out of the line. */
  stop(): void {
    this.line.close();
  }

  /** Resolves, after `stop`, when nothing is left that writes to the store. */
  async whenIdle(): Promise<void> {
    await this.line.whenClosed();
    await this.runner.whenIdle();
    while (this.#background.size > 0) await Promise.all(this.#background);
  }

  async #lookFor({ submission, isDoubtTold }: PendingSubmission): Promise<void> {
    try {
      const result = await this.runner.lookFor(submission);
      if (result.outcome === 'busy') return;
      const isUnknown = result.outcome === 'may-be-running';
      if (!(isUnknown && isDoubtTold)) return this.#reportInBackground(submission, result);
      const isOld = Math.abs(this.#options.clock.now() - submission.askedAt) > GIVE_UP_AFTER_MS;
      if (isOld) await this.#options.submissionStore.giveUp(submission.id);
    } catch (thrown) {
      this.#warn(thrown);
    }
  }

  #reportInBackground(submission: Submission, result: WaitedResult): void {
    this.#inBackground(this.#lock.run(submission.id, () => this.#report(submission, result)));
  }

  /** Never rejects: an outcome that could not be reported is reported later. */
  async #report(submission: Submission, result: WaitedResult): Promise<void> {
    try {
      await this.#outcomes.emitInTurn(submission, result);
      await this.#options.submissionStore.noteReported(submission.id, result.outcome === 'may-be-running');
    } catch (thrown) {
      this.#unreported.add(submission.id);
      const facts = { submission: submission.id, error: toErrorMessage(thrown) };
      this.#options.logger.warn(facts, 'What came of a submission could not be shown; trying again later.');
    }
  }

  #inBackground(work: Promise<void>): void {
    const tracked = work.finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }

  #warn(thrown: unknown): void {
    this.#options.logger.warn({ error: toErrorMessage(thrown) }, 'A submission could not be looked for.');
  }
}
