import type { ApiVersion, RunningList } from '../backends/api-job.ts';
import { UseapiError } from '../backends/errors.ts';
import { type Clock, isYounger } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import { forEachLimited } from '../shared/limiter.ts';
import type { Logger } from '../shared/logger.ts';
import type { ApiHealth } from './api-health.ts';
import { isExpiredError, isGoneError, toProblemSentence } from './api-problems.ts';
import { isFinal, type Job } from './job.ts';
import type { JobApi } from './job-api.ts';
import type { JobTracker } from './job-tracker.ts';
import { ReadSchedule } from './read-schedule.ts';

export interface JobWatcherOptions {
  readonly api: JobApi;
  readonly tracker: JobTracker;
  readonly health: ApiHealth;
  readonly versions: readonly ApiVersion[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds without a change after which a running job counts as lost; default 60 minutes. */
  readonly maxSilenceMs?: number;
}

const MAX_SILENCE_MS = 60 * 60_000;
const LOST_READ_INTERVAL_MS = 10 * 60_000;
const CONCURRENT_READS = 8;

/**
 * Follows what runs: one list per version and tick for all jobs together, and a read for each job that is new
 * or left its list.
 */
export class JobWatcher {
  readonly #options: Required<JobWatcherOptions>;
  readonly #schedule = new ReadSchedule();
  readonly #lostListeners: ((job: Job) => Promise<void>)[] = [];
  #isLive: (ref: string) => boolean = () => false;

  constructor(options: JobWatcherOptions) {
    this.#options = { maxSilenceMs: MAX_SILENCE_MS, ...options };
  }

  /** Calls `listener` once per job that has not changed for too long, before that is stored. */
  onLostContact(listener: (job: Job) => Promise<void>): void {
    this.#lostListeners.push(listener);
  }

  /** Whose progress somebody looks at: only those jobs are read while they run. */
  readLive(isLive: (ref: string) => boolean): void {
    this.#isLive = isLive;
  }

  /**
   * One look at the API. Never rejects for the API's sake; rejects when the store fails, so that the
   * tick is tried again.
   */
  async tick(): Promise<void> {
    const { tracker, versions, clock } = this.#options;
    await tracker.decide();
    const lists = await Promise.all(versions.map((version) => this.#list(version)));
    for (const list of lists) if (list !== undefined) await this.#follow(list);
    await this.#followUnlisted();
    this.#schedule.prune(clock.monotonicMs(), (jobid) => tracker.isLive(jobid));
  }

  async #list(version: ApiVersion): Promise<RunningList | undefined> {
    const { api, clock, health, logger } = this.#options;
    if (!health.mayTry(version, clock)) return undefined;
    try {
      const list = await api.listRunning(version, { maxAgeMs: 0 });
      health.noteSuccess(version);
      return list;
    } catch (thrown) {
      if (!(thrown instanceof UseapiError)) throw thrown;
      health.noteFailure(version, clock, toProblemSentence(thrown));
      logger.warn({ version, code: thrown.code, status: thrown.status }, 'The list of running jobs cannot be had.');
      return undefined;
    }
  }

  async #follow(list: RunningList): Promise<void> {
    const { tracker } = this.#options;
    const listed = new Map<string, Job>();
    for (const running of list.channels.flatMap((channel) => channel.jobs)) {
      this.#schedule.noteListed(running.jobid);
      listed.set(running.jobid, await tracker.observeListed(running));
    }
    const others = tracker.liveJobs().filter((job) => job.version === list.version && !listed.has(job.jobid));
    await this.#readAll(
      [
        ...[...listed.values()].filter((job) => !isFinal(job) && this.#isToBeRead(job, true)),
        ...others.filter((job) => this.#isToBeRead(job, false)),
      ],
      listed,
    );
  }

  /** Jobs of a version that is not listed, shown or watched by their id, are read like jobs that left a list. */
  async #followUnlisted(): Promise<void> {
    const { tracker, versions } = this.#options;
    const jobs = tracker.liveJobs().filter((job) => !versions.includes(job.version));
    await this.#readAll(
      jobs.filter((job) => this.#isToBeRead(job, false)),
      new Map(),
    );
  }

  #isToBeRead(job: Job, isListed: boolean): boolean {
    const { clock, maxSilenceMs } = this.#options;
    const now = clock.now();
    if (!this.#schedule.mayRead(job.jobid, isListed, clock.monotonicMs())) return false;
    if (!job.isRead || job.goneAt !== undefined) return true;
    if (!isListed && !this.#schedule.isReadUnlisted(job.jobid)) return true;
    if (job.lostContactAt !== undefined) return !isYounger(job.observedAt, LOST_READ_INTERVAL_MS, now);
    return !isListed || this.#isLive(job.ref) || !isYounger(job.changedAt, maxSilenceMs, now);
  }

  /** Reads each job; one that fails does not stop the rest, and is read again at a later tick. */
  async #readAll(jobs: readonly Job[], listed: ReadonlyMap<string, Job>): Promise<void> {
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
      this.#schedule.noteRead(before.jobid, isListed);
      await this.#noteSilence(after);
    } catch (thrown) {
      if (!(thrown instanceof UseapiError)) throw thrown;
      await this.#noteUnread(before, isListed, thrown);
      logger.debug({ ref: before.ref, error: toErrorMessage(thrown) }, 'A job could not be read.');
    }
  }

  async #noteUnread(before: Job, isListed: boolean, error: UseapiError): Promise<void> {
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
  #isGone({ jobid }: Job, error: UseapiError): boolean {
    if (isExpiredError(error)) return true;
    return isGoneError(error) && this.#schedule.noteMissing(jobid, this.#options.clock.monotonicMs());
  }

  async #noteSilence(job: Job): Promise<void> {
    const { clock, maxSilenceMs, tracker } = this.#options;
    if (clock.now() - job.changedAt < maxSilenceMs) return;
    const lost = await tracker.observeSilence(job.jobid, async (silent) => {
      for (const listener of this.#lostListeners) await listener(silent);
    });
    if (lost) this.#options.logger.warn({ ref: job.ref }, 'Contact with a job was lost.');
  }
}
