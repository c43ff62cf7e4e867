import { BackendError } from '../../backends/backend-errors.ts';
import { type Clock, isYounger } from '../../shared/clock.ts';
import { forEachLimited } from '../../shared/limiter.ts';
import { isExpiredError } from '../api-problems.ts';
import { isVisibleTo, type Job } from '../job.ts';
import type { JobActions } from '../job-actions.ts';
import type { GuildRead, JobApi } from '../job-api.ts';
import type { JobStore } from '../job-store.ts';
import type { JobTracker } from '../job-tracker.ts';
import { type FamilyTree, toFamilyTree, toKin } from './family-tree.ts';

export interface Family extends FamilyTree {
  /** Ref of the job that was asked about; it may have been left out where the tree is cut. */
  readonly ref: string;
  /** Whether some could not be read in time. */
  readonly hasUnread: boolean;
}

export interface JobFamilyOptions {
  readonly api: JobApi;
  /** Reads in a server's turn. Default: at once. */
  readonly read?: GuildRead;
  readonly actions: JobActions;
  readonly jobs: JobStore;
  readonly tracker: JobTracker;
  readonly clock: Clock;
}

const LIMITS = { maxMembers: 60, maxDepth: 12 };
const MAX_SIBLINGS = 10;
const TOTAL_MS = 6_000;
const READ_MS = 3_000;
const CONCURRENT_READS = 6;
/** Milliseconds for which what was read of a relative need not be read again. */
const FRESH_MS = 5 * 60_000;
/** The same for those whose children people look for: the job that is asked about, its parent and the root. */
const NEAR_FRESH_MS = 10_000;

/** What has been gathered for one answer. */
interface Gathering {
  readonly guildId: string;
  /** Milliseconds of the monotonic clock after which nothing more is read. */
  readonly endsAt: number;
  readonly known: Map<string, Job>;
  /** Of another server. */
  readonly hidden: Set<string>;
  /** Nobody looked at them: there are too many. */
  readonly leftOut: Set<string>;
  readonly unread: Set<string>;
}

/** Where a job comes from and what was made of it; relatives not known yet are read, for six seconds at the most. */
export class JobFamily {
  readonly #options: JobFamilyOptions;

  constructor(options: JobFamilyOptions) {
    this.#options = options;
  }

  /**
   * The tree from the root down, at most 60 jobs and 12 generations. @throws UserError for a job that the server
   * may not know of
   */
  async tree(idOrRef: string, guildId: string): Promise<Family> {
    const { job, gathering } = await this.#begin(idOrRef, guildId);
    const root = await this.#climb(gathering, job);
    await this.#refresh(gathering, root.jobid);
    await this.#descend(gathering, root.jobid);
    const { known, hidden, leftOut, unread } = gathering;
    const tree = toFamilyTree(root.jobid, known, hidden.union(leftOut), LIMITS);
    return { ...tree, isCut: tree.isCut || leftOut.size > 0, ref: job.ref, hasUnread: unread.size > 0 };
  }

  /** The jobs that were made from the same job, this one among them, oldest first; at most ten, for comparison. */
  async siblings(idOrRef: string, guildId: string): Promise<readonly Job[]> {
    const { job, gathering } = await this.#begin(idOrRef, guildId);
    const parent = await this.#parentOf(gathering, job, NEAR_FRESH_MS);
    if (parent === undefined) return [job];
    const kin = toKin(gathering.known, parent.jobid).map(({ jobid }) => jobid);
    const others = kin.filter((jobid) => jobid !== job.jobid);
    const at = kin.includes(job.jobid) ? kin.indexOf(job.jobid) : others.length;
    const chosen = others
      .toSpliced(at, 0, job.jobid)
      .slice(Math.max(0, at - MAX_SIBLINGS + 1))
      .slice(0, MAX_SIBLINGS);
    await this.#loadAll(gathering, chosen);
    return chosen.flatMap((jobid) => gathering.known.get(jobid) ?? []);
  }

  /** The jobs that were made from this one, oldest first; the last ten, for comparison. */
  async children(idOrRef: string, guildId: string): Promise<readonly Job[]> {
    const { job, gathering } = await this.#begin(idOrRef, guildId);
    const chosen = toKin(gathering.known, job.jobid)
      .map(({ jobid }) => jobid)
      .slice(-MAX_SIBLINGS);
    await this.#loadAll(gathering, chosen);
    return chosen.flatMap((jobid) => gathering.known.get(jobid) ?? []);
  }

  async #begin(idOrRef: string, guildId: string): Promise<{ readonly job: Job; readonly gathering: Gathering }> {
    const { actions, clock } = this.#options;
    const { jobid, known: stored } = await actions.resolve(idOrRef, guildId);
    if (stored?.isRead !== true) await actions.show(idOrRef, guildId);
    const endsAt = clock.monotonicMs() + TOTAL_MS;
    const sets = { hidden: new Set<string>(), leftOut: new Set<string>(), unread: new Set<string>() };
    const gathering: Gathering = { guildId, endsAt, known: new Map(), ...sets };
    await this.#load(gathering, jobid, (known) => this.#isFresh(known, NEAR_FRESH_MS));
    const job = gathering.known.get(jobid) ?? (await actions.show(idOrRef, guildId)).job;
    return { job, gathering };
  }

  /** Up to the first job whose parent is not there to be shown. */
  async #climb(gathering: Gathering, job: Job): Promise<Job> {
    const passed = new Set([job.jobid]);
    let root = job;
    while (passed.size <= LIMITS.maxDepth) {
      const parent = await this.#parentOf(gathering, root, passed.size === 1 ? NEAR_FRESH_MS : FRESH_MS);
      if (parent === undefined || passed.has(parent.jobid)) return root;
      passed.add(parent.jobid);
      root = parent;
    }
    return root;
  }

  /** The parent, read anew where what is known of it is old, or from before this child. */
  async #parentOf(gathering: Gathering, job: Job, freshMs: number): Promise<Job | undefined> {
    const { parentJobid } = job;
    if (parentJobid === undefined) return undefined;
    await this.#load(gathering, parentJobid, (parent) => this.#isFresh(parent, freshMs) && names(parent, job));
    return gathering.known.get(parentJobid);
  }

  /** Reads the root anew where it was enough before to know its parent. */
  async #refresh(gathering: Gathering, jobid: string): Promise<void> {
    const known = gathering.known.get(jobid);
    if (known === undefined || this.#isFresh(known, NEAR_FRESH_MS)) return;
    const read = await this.#read(gathering, jobid);
    if (read !== undefined) await this.#take(gathering, read);
  }

  async #descend(gathering: Gathering, rootJobid: string): Promise<void> {
    const seen = new Set([rootJobid]);
    let count = 1;
    let generation = [rootJobid];
    for (let depth = 0; depth < LIMITS.maxDepth && generation.length > 0; depth += 1) {
      const born = generation.flatMap((parent) => toKin(gathering.known, parent).map(({ jobid }) => jobid));
      const fresh = [...new Set(born)].filter((jobid) => !seen.has(jobid));
      for (const jobid of fresh) seen.add(jobid);
      generation = await this.#loadSome(gathering, fresh, LIMITS.maxMembers - count);
      count += generation.length;
    }
  }

  /** The first of these that may be shown, at most `room`; the others are left out, as nobody looked whose they are. */
  async #loadSome(gathering: Gathering, jobids: readonly string[], room: number): Promise<string[]> {
    const shown: string[] = [];
    let rest = jobids;
    while (rest.length > 0 && shown.length < room) {
      const some = rest.slice(0, room - shown.length);
      rest = rest.slice(some.length);
      await this.#loadAll(gathering, some);
      shown.push(...some.filter((jobid) => !gathering.hidden.has(jobid)));
    }
    for (const jobid of rest) gathering.leftOut.add(jobid);
    return shown;
  }

  #loadAll(gathering: Gathering, jobids: readonly string[]): Promise<void> {
    return forEachLimited(jobids, CONCURRENT_READS, (jobid) =>
      this.#load(gathering, jobid, (known) => this.#isFresh(known, FRESH_MS)),
    );
  }

  /** Reads a job unless what is stored of it is fresh. */
  async #load(gathering: Gathering, jobid: string, isFresh: (stored: Job) => boolean): Promise<void> {
    const { known, hidden, unread, guildId } = gathering;
    if (known.has(jobid) || hidden.has(jobid)) return;
    const stored = await this.#options.tracker.find(jobid);
    const isHidden = stored !== undefined && !isVisibleTo(stored, guildId);
    const isEnough = isHidden || (stored !== undefined && isFresh(stored));
    const job = isEnough ? stored : ((await this.#read(gathering, jobid)) ?? toRead(stored));
    if (job === undefined) unread.add(jobid);
    else await this.#take(gathering, job);
  }

  /** Joins the children that it names with those that named it: its record may be from before them. */
  async #take({ known, hidden, guildId }: Gathering, job: Job): Promise<void> {
    if (!isVisibleTo(job, guildId)) return void hidden.add(job.jobid);
    const named = new Set(job.children.map(({ jobid }) => jobid));
    const born = (await this.#options.jobs.childrenOf(job.jobid)).filter(({ jobid }) => !named.has(jobid));
    known.set(job.jobid, born.length === 0 ? job : { ...job, children: [...job.children, ...born] });
  }

  /** Children come to a job long after it has ended. */
  #isFresh({ isRead, observedAt }: Job, freshMs: number): boolean {
    return isRead && isYounger(observedAt, freshMs, this.#options.clock.now());
  }

  async #read({ endsAt, guildId }: Gathering, jobid: string): Promise<Job | undefined> {
    const { api, tracker, clock, read = (_, id, options) => api.readJob(id, options) } = this.#options;
    const deadlineMs = Math.min(READ_MS, endsAt - clock.monotonicMs());
    if (deadlineMs <= 0) return undefined;
    try {
      return await tracker.observe(await read(guildId, jobid, { deadlineMs }));
    } catch (thrown) {
      if (!(thrown instanceof BackendError)) throw thrown;
      return isExpiredError(thrown) ? toRead(await tracker.observeGone(jobid)) : undefined;
    }
  }
}

function names({ children }: Job, { jobid }: Job): boolean {
  return children.some((child) => child.jobid === jobid);
}

function toRead(job: Job | undefined): Job | undefined {
  return job?.isRead === true ? job : undefined;
}
