import type { Clock } from '../shared/clock.ts';
import { toErrorMessage } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { forEachLimited } from '../shared/map-limited.ts';
import type { ApiVersion, RunningList } from '../useapi/api-job.ts';
import { UseapiError } from '../useapi/errors.ts';
import type { ApiHealth } from './api-health.ts';
import { isGoneError, toProblemSentence } from './api-problems.ts';
import type { Job } from './job.ts';
import type { JobApi } from './job-api.ts';
import type { JobTracker } from './job-tracker.ts';

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

/** Follows what runs: one list per version and tick for all jobs together, and a read for each job that is new or left its list. */
export class JobWatcher {
  readonly #options: Required<JobWatcherOptions>;
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

  /** One look at the API. Never rejects for the API's sake; rejects when the store fails, so that the tick is tried again. */
  async tick(): Promise<void> {
    const lists = await Promise.all(this.#options.versions.map((version) => this.#list(version)));
    for (const list of lists) if (list !== undefined) await this.#follow(list);
  }

  async #list(version: ApiVersion): Promise<RunningList | undefined> {
    const { api, clock, health, logger } = this.#options;
    if (!health.mayTry(version, clock.now())) return undefined;
    try {
      const list = await api.listRunning(version, { maxAgeMs: 0 });
      health.noteSuccess(version);
      return list;
    } catch (thrown) {
      if (!(thrown instanceof UseapiError)) throw thrown;
      health.noteFailure(version, clock.now(), toProblemSentence(thrown));
      logger.warn({ version, code: thrown.code, status: thrown.status }, 'The list of running jobs cannot be had.');
      return undefined;
    }
  }

  async #follow(list: RunningList): Promise<void> {
    const { tracker } = this.#options;
    const listed = new Set<string>();
    const toRead: Job[] = [];
    for (const running of list.channels.flatMap((channel) => channel.jobs)) {
      listed.add(running.jobid);
      const job = await tracker.observeListed(running);
      if (!job.isRead) toRead.push(job);
    }
    const followed = tracker.liveJobs().filter((job) => job.version === list.version && job.isRead);
    toRead.push(...followed.filter((job) => this.#isToBeRead(job, listed.has(job.jobid))));
    toRead.push(
      ...tracker.liveJobs().filter((job) => job.version === list.version && !job.isRead && !listed.has(job.jobid)),
    );
    await this.#readAll(toRead);
  }

  #isToBeRead(job: Job, isListed: boolean): boolean {
    const { clock, maxSilenceMs } = this.#options;
    if (job.lostContactAt !== undefined) return clock.now() - job.observedAt >= LOST_READ_INTERVAL_MS;
    return !isListed || this.#isLive(job.ref) || clock.now() - job.changedAt >= maxSilenceMs;
  }

  /** Reads each job; one that fails does not stop the rest, and is read again at the next tick. */
  async #readAll(jobs: readonly Job[]): Promise<void> {
    const failures: unknown[] = [];
    await forEachLimited(jobs, CONCURRENT_READS, async (job) => {
      try {
        await this.#read(job);
      } catch (thrown) {
        failures.push(thrown);
      }
    });
    if (failures.length > 0) throw failures[0];
  }

  async #read(before: Job): Promise<void> {
    const { api, tracker, logger } = this.#options;
    try {
      const after = await tracker.observe(await api.readJob(before.jobid));
      await this.#noteSilence(after);
    } catch (thrown) {
      if (!(thrown instanceof UseapiError)) throw thrown;
      if (isGoneError(thrown)) await tracker.observeGone(before.jobid);
      else await this.#noteSilence(before);
      logger.debug({ ref: before.ref, error: toErrorMessage(thrown) }, 'A job could not be read.');
    }
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
