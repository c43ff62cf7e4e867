import type { ApiVersion, JobType, RunningList } from '../backends/api-job.ts';
import { UseapiError } from '../backends/errors.ts';
import type { Clock } from '../shared/clock.ts';
import type { ApiHealth } from './api-health.ts';
import { toProblemSentence } from './api-problems.ts';
import { isOver, isVisibleTo, type Job } from './job.ts';
import type { JobApi } from './job-api.ts';
import type { JobIndex } from './job-index.ts';
import type { JobTracker } from './job-tracker.ts';

/** The load of one API channel: how many of its slots are taken; limits where the API tells them. */
export interface ChannelLoad {
  readonly apiChannel: string;
  readonly version: ApiVersion;
  readonly total: number;
  readonly images?: number;
  readonly videos?: number;
  readonly maxJobs?: number;
  readonly maxImageJobs?: number;
  readonly maxVideoJobs?: number;
}

/** What runs now, as one server may see it. */
export interface RunningBoard {
  readonly channels: readonly ChannelLoad[];
  /** Newest first; only the jobs of the asked page have been read. */
  readonly jobs: readonly Job[];
  readonly page: number;
  readonly pageCount: number;
  readonly total: number;
  /** Jobs of other servers, which are counted and not named. */
  readonly hiddenCount: number;
  /** When the oldest of the lists was fetched; none when no list could be had. */
  readonly lookedAt?: number;
  /** One sentence for each version whose list could not be had. */
  readonly problems: readonly BoardProblem[];
}

/** Why a version's list could not be had; `since` when the polling has failed for longer. */
export interface BoardProblem {
  readonly version: ApiVersion;
  readonly sentence: string;
  /** Epoch milliseconds. */
  readonly since?: number;
}

export interface BoardQuery {
  readonly guildId: string;
  readonly apiChannel?: string | undefined;
  readonly type?: JobType | undefined;
  /** From 0. */
  readonly page?: number;
  /** A list up to that old will do. */
  readonly maxAgeMs?: number;
}

export interface RunningBoardOptions {
  readonly api: JobApi;
  readonly tracker: JobTracker;
  readonly index: JobIndex;
  readonly health: Pick<ApiHealth, 'outages'>;
  readonly versions: readonly ApiVersion[];
  readonly clock: Clock;
}

export const JOBS_PER_PAGE = 10;
export const LIST_MAX_AGE_MS = 5_000;
/** For lists and reads together, because a person waits. */
const TOTAL_MS = 10_000;
const READ_MS = 4_000;

/** Answers what is running, over all API versions. */
export class RunningBoards {
  readonly #options: RunningBoardOptions;

  constructor(options: RunningBoardOptions) {
    this.#options = options;
  }

  /**
   * Answers within 10 s of waiting for the API; never throws for a list that fails: it is named in `problems`,
   * the others are shown.
   */
  async read(query: BoardQuery): Promise<RunningBoard> {
    const endsAt = this.#options.clock.monotonicMs() + TOTAL_MS;
    const answers = await Promise.all(this.#options.versions.map((version) => this.#list(version, query)));
    const lists = answers.flatMap((answer) => (answer.list === undefined ? [] : [answer.list]));
    const problems = answers.flatMap((answer) => (answer.problem === undefined ? [] : [answer.problem]));
    const jobs = await this.#observe(lists, query);
    const visible = jobs.filter((job) => isVisibleTo(job, query.guildId));
    const pageCount = Math.max(1, Math.ceil(visible.length / JOBS_PER_PAGE));
    const page = Math.min(Math.max(query.page ?? 0, 0), pageCount - 1);
    const shown = visible.slice(page * JOBS_PER_PAGE, (page + 1) * JOBS_PER_PAGE);
    return {
      channels: toLoads(lists, query),
      jobs: (await this.#readUnread(shown, endsAt)).filter(
        (job) => isWanted(job, query) && isVisibleTo(job, query.guildId),
      ),
      page,
      pageCount,
      total: visible.length,
      hiddenCount: jobs.length - visible.length,
      problems,
      ...(lists.length > 0 && { lookedAt: Math.min(...lists.map((list) => list.fetchedAt)) }),
    };
  }

  async #list(version: ApiVersion, { maxAgeMs = LIST_MAX_AGE_MS }: BoardQuery) {
    try {
      return { list: await this.#options.api.listRunning(version, { maxAgeMs, deadlineMs: TOTAL_MS }) };
    } catch (thrown) {
      if (!(thrown instanceof UseapiError)) throw thrown;
      const outage = this.#options.health.outages().find((other) => other.version === version);
      const since = outage === undefined ? {} : { since: outage.unreachableSince };
      return { problem: { version, sentence: toProblemSentence(thrown), ...since } };
    }
  }

  async #observe(lists: readonly RunningList[], query: BoardQuery): Promise<Job[]> {
    const listed = lists.flatMap((list) => list.channels.flatMap((channel) => channel.jobs));
    const jobs: Job[] = [];
    for (const channel of lists.flatMap((list) => list.channels))
      this.#options.index.noteApiChannel(channel.apiChannel);
    for (const running of listed) jobs.push(await this.#options.tracker.observeListed(running));
    const wanted = jobs.filter((job) => !isOver(job) && isWanted(job, query));
    return wanted.sort((a, b) => (b.createdAt ?? b.firstSeenAt) - (a.createdAt ?? a.firstSeenAt));
  }

  /** Reads the jobs of which only the line in the list is known, so that verb and prompt can be shown. */
  async #readUnread(jobs: readonly Job[], endsAt: number): Promise<Job[]> {
    const { api, tracker, clock } = this.#options;
    const deadlineMs = Math.min(READ_MS, endsAt - clock.monotonicMs());
    if (deadlineMs <= 0) return [...jobs];
    return Promise.all(
      jobs.map(async (job) => {
        if (job.isRead) return job;
        const known = await tracker.find(job.jobid);
        if (known?.isRead === true) return known;
        try {
          return await tracker.observe(await api.readJob(job.jobid, { deadlineMs }));
        } catch (thrown) {
          if (!(thrown instanceof UseapiError)) throw thrown;
          return job;
        }
      }),
    );
  }
}

/** A job of unknown type is wanted by everyone until it has been read. */
function isWanted(job: Job, { apiChannel, type }: BoardQuery): boolean {
  return (
    (apiChannel === undefined || job.apiChannel === apiChannel) &&
    (type === undefined || job.jobType === undefined || job.jobType === type)
  );
}

/**
 * The loads, busiest first; one channel that both versions list stands twice, because their slots are counted apart.
 */
function toLoads(lists: readonly RunningList[], { apiChannel }: BoardQuery): ChannelLoad[] {
  const loads = lists.flatMap((list) =>
    list.channels.map(({ jobs: _, ...load }): ChannelLoad => ({ ...load, version: list.version })),
  );
  return loads
    .filter((load) => apiChannel === undefined || load.apiChannel === apiChannel)
    .sort((a, b) => b.total - a.total);
}
