import type { ApiJob, RunningList } from '../backends/api-job.ts';
import { BackendError } from '../backends/backend-errors.ts';
import { type Clock, isYounger } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import { forEachLimited } from '../shared/limiter.ts';
import { Listeners } from '../shared/listeners.ts';
import type { Logger } from '../shared/logger.ts';
import type { ApiHealth } from './api-health.ts';
import { isExpiredError, isGoneError, toProblemSentence } from './api-problems.ts';
import type { HintedBoards } from './hints/hinted-boards.ts';
import { isFinal, isFinalStatus, type Job } from './job.ts';
import type { JobApi } from './job-api.ts';
import type { JobTracker } from './job-tracker.ts';
import { ReadSchedule } from './read-schedule.ts';

export interface JobWatcherOptions {
  readonly api: JobApi;
  readonly tracker: JobTracker;
  readonly health: ApiHealth;
  /** Every board that there is now. */
  readonly boards: () => readonly string[];
  /** Whether a board is looked at by `look`, in its own time, and not by `tick`; default: none is. */
  readonly isApart?: (board: string) => boolean;
  /** Whether the account of a board is gone for good, so that nothing more is heard of its jobs; default: none is. */
  readonly isDropped?: (board: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds without a change after which a running job counts as lost; default 60 minutes. */
  readonly maxSilenceMs?: number;
  /** Boards of which news comes by itself; default: none. */
  readonly hintedBoards?: Pick<HintedBoards, 'isHinted' | 'forget'>;
}

export interface TickOptions {
  /**
   * Whether boards of which news comes by itself may be left out, every other time at most, as long as all that is
   * known to run there is of that kind; default false.
   */
  readonly mayRest?: boolean;
}

const MAX_SILENCE_MS = 60 * 60_000;
const LOST_READ_INTERVAL_MS = 10 * 60_000;
const CONCURRENT_READS = 8;
const DEFAULTS = {
  maxSilenceMs: MAX_SILENCE_MS,
  isApart: () => false,
  isDropped: () => false,
  hintedBoards: { isHinted: () => false, forget: () => undefined },
};

/**
 * Follows what runs: one list per board and tick for all jobs together, and a read for each job that is new
 * or left its list.
 */
export class JobWatcher {
  readonly #options: Required<JobWatcherOptions>;
  readonly #schedule = new ReadSchedule();
  readonly #lostContact = new Listeners<[job: Job]>();
  /** Calls the listener once per job that has not changed for too long, before that is stored. */
  readonly onLostContact = this.#lostContact.on;
  /** One list after the other, each as soon as it is there: a board that does not answer holds up no other. */
  readonly #turns = new KeyedLock();
  /** Boards that were left out at the last tick. */
  readonly #rested = new Set<string>();
  #isLive: (ref: string) => boolean = () => false;

  constructor(options: JobWatcherOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** Whose progress somebody looks at: only those jobs are read while they run. */
  readLive(isLive: (ref: string) => boolean): void {
    this.#isLive = isLive;
  }

  /**
   * One look at the API. Never rejects for the API's sake; rejects when the store fails, so that the
   * tick is tried again.
   */
  async tick({ mayRest = false }: TickOptions = {}): Promise<void> {
    const { tracker, boards, isApart, clock } = this.#options;
    await tracker.decide();
    await this.look(
      boards().filter((board) => !isApart(board) && !(mayRest && this.#rests(board))),
      'tick',
    );
    await this.#followUnlisted();
    this.#schedule.prune(clock.monotonicMs(), (jobid) => tracker.isLive(jobid));
  }

  /** One look at some boards; rejects as `tick` does. What has another `turn` waits for nothing of theirs. */
  async look(boards: readonly string[], turn: string): Promise<void> {
    await Promise.all(
      boards.map(async (board) => {
        const list = await this.#list(board);
        if (list !== undefined) await this.#turns.run(turn, () => this.#follow(list));
      }),
    );
  }

  /** Whether a board is left out this time; never twice in a row. */
  #rests(board: string): boolean {
    const { tracker, hintedBoards } = this.#options;
    const areHinted = () => tracker.liveJobs().every((job) => job.board !== board || job.requestedBy !== undefined);
    if (this.#rested.delete(board) || !hintedBoards.isHinted(board) || !areHinted()) return false;
    this.#rested.add(board);
    return true;
  }

  async #list(board: string): Promise<RunningList | undefined> {
    const { api, clock, health, logger, tracker } = this.#options;
    if (!health.mayTry(board, clock)) return undefined;
    try {
      const list = await api.listRunning(board, { maxAgeMs: 0, known: () => tracker.liveIds(board) });
      health.noteSuccess(board, clock);
      return list;
    } catch (thrown) {
      if (!(thrown instanceof BackendError)) throw thrown;
      health.noteFailure(board, clock, toProblemSentence(thrown));
      logger.warn({ board, code: thrown.code, status: thrown.status }, 'The list of running jobs cannot be had.');
      return undefined;
    }
  }

  async #follow(list: RunningList): Promise<void> {
    const { tracker } = this.#options;
    const listed = new Set<string>();
    const read: Job[] = [];
    // Thousands may be listed, and nearly all of them are known: those are not waited for.
    for (const { jobs } of list.channels) {
      for (const running of jobs) {
        const job = tracker.liveJob(running.jobid) ?? (await tracker.observeListed(running));
        if (listed.has(job.jobid)) continue;
        listed.add(job.jobid);
        this.#schedule.noteListed(job.jobid);
        if (!isFinal(job) && this.#isToBeRead(job, true)) read.push(job);
      }
    }
    const recorded = await this.#takeRecords(list.records ?? []);
    for (const job of tracker.liveJobs()) {
      if (job.board === list.board && !listed.has(job.jobid) && this.#isToBeRead(job, false)) read.push(job);
    }
    await this.#readAll(
      read.filter(({ jobid }) => !recorded.has(jobid)),
      listed,
    );
    await this.#readUndecided(tracker.unreadUndecided(list.board).filter((jobid) => !listed.has(jobid)));
  }

  /** Jobs that left their list before it was known whose they are, as during a restart: their records may say so. */
  async #readUndecided(jobids: readonly string[]): Promise<void> {
    const { api, tracker, clock } = this.#options;
    const now = clock.monotonicMs();
    for (const jobid of jobids.filter((id) => this.#schedule.mayRead(id, false, now))) {
      try {
        await tracker.observe(await api.readJob(jobid));
      } catch (thrown) {
        if (!(thrown instanceof BackendError)) throw thrown;
        this.#schedule.noteFailure(jobid, false, now);
      }
    }
  }

  /** Records that the list held, of jobs that run or that we follow: their ids, which need no read. */
  async #takeRecords(records: readonly ApiJob[]): Promise<ReadonlySet<string>> {
    const { tracker } = this.#options;
    const wanted = records.filter(({ jobid, status }) => tracker.isLive(jobid) || !isFinalStatus(status));
    for (const record of wanted) {
      const job = await tracker.observe(record);
      this.#noteEnd(job);
      await this.#noteSilence(job);
    }
    return new Set(wanted.map(({ jobid }) => jobid));
  }

  /** Jobs of a board that is not listed, shown or watched by their id, are read like jobs that left a list. */
  async #followUnlisted(): Promise<void> {
    const { tracker, boards } = this.#options;
    const listed = new Set(boards());
    const jobs = tracker.liveJobs().filter((job) => !listed.has(job.board));
    await this.#readAll(
      jobs.filter((job) => this.#isToBeRead(job, false)),
      new Set(),
    );
  }

  #isToBeRead(job: Job, isListed: boolean): boolean {
    const { clock } = this.#options;
    return this.#isReadWanted(job, isListed) && this.#schedule.mayRead(job.jobid, isListed, clock.monotonicMs());
  }

  #isReadWanted(job: Job, isListed: boolean): boolean {
    const { clock, maxSilenceMs } = this.#options;
    const now = clock.now();
    if (!job.isRead || job.goneAt !== undefined) return true;
    if (!isListed && !this.#schedule.isReadUnlisted(job.jobid)) return true;
    if (job.lostContactAt !== undefined) return !isYounger(job.observedAt, LOST_READ_INTERVAL_MS, now);
    return !isListed || this.#isLive(job.ref) || !isYounger(job.changedAt, maxSilenceMs, now);
  }

  /** Reads each job; one that fails does not stop the rest, and is read again at a later tick. */
  async #readAll(jobs: readonly Job[], listed: ReadonlySet<string>): Promise<void> {
    const failures: unknown[] = [];
    await forEachLimited(jobs, CONCURRENT_READS, async (job) => {
      try {
        await this.#read(job, listed.has(job.jobid));
      } catch (thrown) {
        failures.push(thrown);
      }
    });
    if (failures.length > 0) throw failures[0];
  }

  async #read(before: Job, isListed: boolean): Promise<void> {
    const { api, tracker, logger } = this.#options;
    try {
      const after = await tracker.observe(await api.readJob(before.jobid));
      this.#noteEnd(after);
      this.#schedule.noteRead(before.jobid, isListed);
      await this.#noteSilence(after);
    } catch (thrown) {
      if (!(thrown instanceof BackendError)) throw thrown;
      await this.#noteUnread(before, isListed, thrown);
      logger.debug({ ref: before.ref, error: toErrorMessage(thrown) }, 'A job could not be read.');
    }
  }

  /** An end that a look finds was not told by a call back: there, looks are needed as before. */
  #noteEnd(job: Job): void {
    if (isFinal(job)) this.#options.hintedBoards.forget(job.board);
  }

  async #noteUnread(before: Job, isListed: boolean, error: BackendError): Promise<void> {
    const { clock, tracker } = this.#options;
    this.#schedule.noteFailure(before.jobid, isListed, clock.monotonicMs());
    if (isListed || !this.#isGone(before, error)) return this.#noteSilence(before);
    this.#schedule.forget(before.jobid);
    await tracker.observeGone(before.jobid);
  }

  /**
   * A list is believed before a single 404, and one 404 may be a mishap: gone is what no list holds and two
   * ticks did not find.
   */
  #isGone({ jobid, board }: Job, error: BackendError): boolean {
    if (isExpiredError(error) || this.#options.isDropped(board)) return true;
    return isGoneError(error) && this.#schedule.noteMissing(jobid, this.#options.clock.monotonicMs());
  }

  async #noteSilence(job: Job): Promise<void> {
    const { clock, maxSilenceMs, tracker } = this.#options;
    if (clock.now() - job.changedAt < maxSilenceMs) return;
    const lost = await tracker.observeSilence(job.jobid, (silent) => this.#lostContact.emitInTurn(silent));
    if (lost) this.#options.logger.warn({ ref: job.ref }, 'Contact with a job was lost.');
  }
}
