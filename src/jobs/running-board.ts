import type { ApiJob, JobType, RunningJob, RunningList } from '../backends/api-job.ts';
import { BackendError } from '../backends/backend-errors.ts';
import { type Clock, isYounger } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import type { AccountNames } from './account-names.ts';
import type { ApiHealth } from './api-health.ts';
import { toProblemSentence } from './api-problems.ts';
import { isOver, isVisibleTo, type Job } from './job.ts';
import type { GuildRead, JobApi } from './job-api.ts';
import type { JobIndex } from './job-index.ts';
import type { GuildIdsOf } from './job-store.ts';
import type { JobTracker } from './job-tracker.ts';

/** The load of one API channel: how many of its slots are taken; limits where the API gives them. */
export interface ChannelLoad {
  readonly apiChannel: string;
  /** As the server calls it. */
  readonly board: string;
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
  /** One sentence for each board whose list could not be had now; what it listed last may be shown all the same. */
  readonly problems: readonly BoardProblem[];
  /** Whether a list names only the jobs that were started from here. */
  readonly isPartial: boolean;
  /** The accounts of which that is so, where the server has several. */
  readonly partialAccounts?: readonly string[];
  /** Boards whose lists were had, as the server calls them. */
  readonly listed: readonly string[];
}

/** Why a board's list could not be had. Times are epoch milliseconds. */
export interface BoardProblem {
  /** As the server calls it. */
  readonly board: string;
  readonly sentence: string;
  /** When the polling has failed for longer: since when. */
  readonly since?: number;
  /** Of which time its list is shown; none where there is none. */
  readonly listedAt?: number;
}

export interface BoardQuery {
  readonly guildId: string;
  /** The key of the only account that is wanted. */
  readonly account?: string | undefined;
  readonly apiChannel?: string | undefined;
  readonly type?: JobType | undefined;
  /** From 0. */
  readonly page?: number;
  /** A list up to that old will do. */
  readonly maxAgeMs?: number;
}

export interface RunningBoardOptions {
  readonly api: JobApi;
  /** Reads in a server's turn. Default: at once. */
  readonly read?: GuildRead;
  readonly tracker: JobTracker;
  readonly index: JobIndex;
  readonly health: Pick<ApiHealth, 'outages'>;
  /** Every board that there is now. */
  readonly boards: () => readonly string[];
  /** The servers that may know of a board; undefined: all. Default: all. */
  readonly guildIdsOf?: GuildIdsOf;
  /** What boards are called in a server. */
  readonly accounts: Pick<AccountNames, 'keyOf' | 'nameIn' | 'boardNameIn'>;
  readonly clock: Clock;
}

const JOBS_PER_PAGE = 10;
const LIST_MAX_AGE_MS = 5_000;
/** For lists and reads together, because a person waits. */
const TOTAL_MS = 10_000;
const READ_MS = 4_000;
/** How old a list may be that is shown while none can be had. */
const STALE_MS = 60 * 60_000;

/** Says what is running, over all boards. */
export class RunningBoards {
  readonly #options: RunningBoardOptions;
  /** The last list of each board. */
  readonly #last = new Map<string, RunningList>();

  constructor(options: RunningBoardOptions) {
    this.#options = options;
  }

  /**
   * Returns within 10 s of waiting for the API; never throws for a list that fails: it is named in `problems`, and the
   * last one up to an hour old is shown in its place.
   */
  async read(query: BoardQuery): Promise<RunningBoard> {
    const endsAt = this.#options.clock.monotonicMs() + TOTAL_MS;
    const { accounts } = this.#options;
    const toName = (board: string) => accounts.boardNameIn(query.guildId, board);
    const answers = await Promise.all(this.#openTo(query).map((board) => this.#list(board, query)));
    const lists = answers.flatMap((answer) => (answer.list === undefined ? [] : [answer.list]));
    const problems = answers.flatMap((answer) => (answer.problem === undefined ? [] : [answer.problem]));
    const stale = answers.flatMap((answer) => (answer.stale === undefined ? [] : [answer.stale]));
    const jobs = await this.#toJobs(lists, stale, query);
    const visible = jobs.filter((job) => isVisibleTo(job, query.guildId));
    const pageCount = Math.max(1, Math.ceil(visible.length / JOBS_PER_PAGE));
    const page = Math.min(Math.max(query.page ?? 0, 0), pageCount - 1);
    const shown = visible.slice(page * JOBS_PER_PAGE, (page + 1) * JOBS_PER_PAGE);
    const read = await this.#readUnread(shown, { endsAt, guildId: query.guildId }, lists);
    return {
      channels: toLoads([...lists, ...stale], query, [...jobs, ...read]).map((load) => ({
        ...load,
        board: toName(load.board),
      })),
      jobs: read.filter((job) => isWanted(job, query) && isVisibleTo(job, query.guildId)),
      page,
      pageCount,
      total: visible.length,
      hiddenCount: jobs.length - visible.length,
      problems: problems.map((problem) => ({ ...problem, board: toName(problem.board) })),
      ...this.#toPartial(lists, query),
      listed: lists.map(({ board }) => toName(board)),
      ...toLookedAt([...lists, ...stale]),
    };
  }

  #openTo({ guildId, account }: BoardQuery): readonly string[] {
    const { boards, guildIdsOf = () => undefined, accounts } = this.#options;
    return boards().filter((board) => {
      const isWanted = account === undefined || accounts.keyOf(board) === account;
      return isWanted && (guildIdsOf(board)?.includes(guildId) ?? true);
    });
  }

  #toPartial(lists: readonly RunningList[], { guildId }: BoardQuery) {
    const partial = lists.filter((list) => list.isPartial === true);
    const names = partial.flatMap(({ board }) => this.#options.accounts.nameIn(guildId, board) ?? []);
    return { isPartial: partial.length > 0, ...(names.length > 0 && { partialAccounts: [...new Set(names)] }) };
  }

  async #list(board: string, { maxAgeMs = LIST_MAX_AGE_MS }: BoardQuery): Promise<BoardAnswer> {
    const { api, clock, tracker, health } = this.#options;
    const outage = health.outages().find((other) => other.board === board);
    // One that is down leaves the others the time to read their jobs.
    const deadlineMs = outage === undefined ? TOTAL_MS : TOTAL_MS - READ_MS;
    try {
      const list = await api.listRunning(board, { maxAgeMs, deadlineMs, known: () => tracker.liveIds(board) });
      this.#keep(board, list);
      return { list };
    } catch (thrown) {
      if (!(thrown instanceof BackendError)) throw thrown;
      const since = outage === undefined ? {} : { since: outage.unreachableSince };
      const problem = { board, sentence: toProblemSentence(thrown), ...since };
      const last = this.#last.get(board);
      if (last === undefined || !isYounger(last.fetchedAt, STALE_MS, clock.now())) return { problem };
      return { problem: { ...problem, listedAt: last.fetchedAt }, stale: last };
    }
  }

  /** Accounts come and go while the bot runs: those that are gone keep nothing here. */
  #keep(board: string, list: RunningList): void {
    this.#last.set(board, list);
    const boards = this.#options.boards();
    if (this.#last.size <= boards.length) return;
    const there = new Set(boards);
    for (const known of this.#last.keys()) if (!there.has(known)) this.#last.delete(known);
  }

  /** What is new is observed; what an old list said is only shown as far as it is known to run still. */
  async #toJobs(lists: readonly RunningList[], stale: readonly RunningList[], query: BoardQuery): Promise<Job[]> {
    const { guildIdsOf = () => undefined, index, tracker } = this.#options;
    const jobs: Job[] = [];
    for (const { board, channels } of lists)
      for (const { apiChannel } of channels) index.noteApiChannel(apiChannel, guildIdsOf(board));
    const records = new Map(lists.flatMap((list) => (list.records ?? []).map((record) => [record.jobid, record])));
    for (const running of toListed(lists)) jobs.push(await this.#take(running, records.get(running.jobid)));
    for (const running of toListed(stale)) {
      const known = await tracker.find(running.jobid);
      if (known !== undefined && known.goneAt === undefined) jobs.push(known);
    }
    const wanted = jobs.filter((job) => !isOver(job) && isWanted(job, query));
    return wanted.sort((a, b) => (b.createdAt ?? b.firstSeenAt) - (a.createdAt ?? a.firstSeenAt));
  }

  /** A list that holds records spares their reads. */
  #take(running: RunningJob, record: ApiJob | undefined): Promise<Job> {
    const { tracker } = this.#options;
    return record === undefined ? tracker.observeListed(running) : tracker.observe(record);
  }

  /** Reads the jobs of which only the line in the list is known, so that verb and prompt can be shown. */
  async #readUnread(
    jobs: readonly Job[],
    { endsAt, guildId }: { readonly endsAt: number; readonly guildId: string },
    lists: readonly RunningList[],
  ): Promise<Job[]> {
    const { api, tracker, clock, read = (_, id, options) => api.readJob(id, options) } = this.#options;
    const deadlineMs = Math.min(READ_MS, endsAt - clock.monotonicMs());
    if (deadlineMs <= 0) return [...jobs];
    return Promise.all(
      jobs.map(async (job) => {
        if (job.isRead || !lists.some(({ board }) => board === job.board)) return job;
        const known = await tracker.find(job.jobid);
        if (known?.isRead === true) return known;
        try {
          return await tracker.observe(await read(guildId, job.jobid, { deadlineMs }));
        } catch (thrown) {
          if (!(thrown instanceof BackendError)) throw thrown;
          return job;
        }
      }),
    );
  }
}

/** A board's list as it is now; or why there is none, and the last one. */
interface BoardAnswer {
  readonly list?: RunningList;
  readonly problem?: BoardProblem;
  readonly stale?: RunningList;
}

function toListed(lists: readonly RunningList[]) {
  return lists.flatMap((list) => list.channels.flatMap((channel) => channel.jobs));
}

function toLookedAt(lists: readonly RunningList[]): Pick<RunningBoard, 'lookedAt'> {
  return lists.length === 0 ? {} : { lookedAt: Math.min(...lists.map((list) => list.fetchedAt)) };
}

/** A job of unknown type is wanted by everyone until it has been read. */
function isWanted(job: Job, { apiChannel, type }: BoardQuery): boolean {
  return (
    (apiChannel === undefined || job.apiChannel === apiChannel) &&
    (type === undefined || job.jobType === undefined || job.jobType === type)
  );
}

/**
 * The loads, busiest first; one channel that both boards list stands twice, because their slots are counted apart.
 */
function toLoads(lists: readonly RunningList[], { apiChannel }: BoardQuery, jobs: readonly Job[]): ChannelLoad[] {
  const loads = lists.flatMap((list) =>
    list.channels.map(
      ({ jobs: _, ...load }): ChannelLoad => ({
        ...compact({ maxJobs: slotsOf(load.apiChannel, list.board, jobs) }),
        ...load,
        board: list.board,
      }),
    ),
  );
  return loads
    .filter((load) => apiChannel === undefined || load.apiChannel === apiChannel)
    .sort((a, b) => b.total - a.total);
}

/** How many slots an API channel has, where each of its jobs says it, as in v2. */
function slotsOf(apiChannel: string, board: string, jobs: readonly Job[]): number | undefined {
  return jobs.findLast((job) => job.apiChannel === apiChannel && job.board === board && job.maxJobs !== undefined)
    ?.maxJobs;
}
