import { z } from 'zod';
import type { Presses } from '../backends/contract.ts';
import { compact } from '../shared/compact.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import type { Collection, Store } from '../storage/contract.ts';
import { Job } from './job.ts';
import { toJobRef } from './job-ref.ts';

const JOB_TTL_MS = 62 * 24 * 60 * 60 * 1000;
const MAX_SALT = 8;

/** A job that is not over yet, by ref: what a restarted process goes on following. */
export const RunningEntry = z.object({ jobid: z.string(), since: z.number() });
export type RunningEntry = z.infer<typeof RunningEntry>;

const Recent = z.object({ refs: z.array(z.string()) });
type Recent = z.infer<typeof Recent>;
const RECENT_KEY = 'refs';

const Relative = z.object({ jobid: z.string() });
type Relative = z.infer<typeof Relative>;

const KnownChild = z.object({ jobid: z.string(), button: z.string().exactOptional() });
/** A job whose own record names its parent. */
export type KnownChild = z.infer<typeof KnownChild>;
const KnownChildren = z.object({ children: z.array(KnownChild) });
type KnownChildren = z.infer<typeof KnownChildren>;
const MAX_CHILDREN = 100;

export type GuildIdsOf = (board: string) => readonly string[] | undefined;

/** What the account of a board allows, as it is configured now. */
export interface JobAccess {
  /** The servers that may know of its jobs; undefined: all. */
  readonly guildIdsOf: GuildIdsOf;
  /** The key of its account. */
  readonly accountOf: (board: string) => string | undefined;
  readonly cancels: (board: string) => boolean;
  readonly presses: (board: string) => Presses;
}

/** Jobs as stored, by ref; written by the tracker alone. */
export class JobStore {
  readonly #jobs: Collection<Job>;
  readonly #running: Collection<RunningEntry>;
  readonly #relatives: Collection<Relative>;
  readonly #children: Collection<KnownChildren>;
  readonly #recent: Collection<Recent>;
  readonly #lock = new KeyedLock();
  readonly #access: JobAccess;

  /** @param access Default: all servers may know of all jobs, and all can be done with them. */
  constructor(store: Store, access: Partial<JobAccess> = {}) {
    this.#access = {
      guildIdsOf: () => undefined,
      accountOf: () => undefined,
      cancels: () => true,
      presses: () => 'with-prompts',
      ...access,
    };
    this.#jobs = store.collection('jobs', Job, { ttlMs: JOB_TTL_MS });
    this.#running = store.collection('running', RunningEntry, { ttlMs: JOB_TTL_MS });
    this.#relatives = store.collection('relatives', Relative, { ttlMs: JOB_TTL_MS });
    this.#children = store.collection('children', KnownChildren, { ttlMs: JOB_TTL_MS });
    this.#recent = store.collection('recent', Recent);
  }

  async get(ref: string): Promise<Job | undefined> {
    const job = await this.#jobs.get(ref);
    return job && this.withAccess(job);
  }

  async getMany(refs: readonly string[]): Promise<(Job | undefined)[]> {
    const jobs = await this.#jobs.getMany(refs);
    return jobs.map((job) => job && this.withAccess(job));
  }

  /** The job with what its account allows now, whatever that was when it was stored. */
  withAccess({ accountGuildIds: _, account: __, isUncancellable: ___, presses: ____, ...job }: Job): Job {
    const accountGuildIds = this.#access.guildIdsOf(job.board);
    const account = this.#access.accountOf(job.board);
    const isUncancellable = this.#access.cancels(job.board) ? undefined : (true as const);
    const allowed = this.#access.presses(job.board);
    const presses = allowed === 'with-prompts' ? undefined : allowed;
    return { ...job, ...compact({ accountGuildIds, account, isUncancellable, presses }) };
  }

  /** The job with this id, or the ref that it will have. */
  async find(jobid: string): Promise<{ readonly ref: string; readonly job?: Job }> {
    for (let salt = 0; salt < MAX_SALT; salt += 1) {
      const ref = toJobRef(jobid, salt);
      const job = await this.get(ref);
      if (job === undefined) return { ref };
      if (job.jobid === jobid) return { ref, job };
    }
    throw new Error('No free ref for a job.');
  }

  /** Makes jobs that others name (parents, children) findable by ref before they are read. */
  async rememberIds(jobids: readonly string[]): Promise<void> {
    for (const jobid of jobids) await this.#relatives.set(toJobRef(jobid), { jobid });
  }

  /** The id behind a ref of a job that was named and never read. */
  async findRelative(ref: string): Promise<string | undefined> {
    return (await this.#relatives.get(ref))?.jobid;
  }

  /** Keeps which jobs named this one as their parent, the newest hundred: its own record may be from before them. */
  async noteChild(parentJobid: string, { jobid, button }: KnownChild): Promise<void> {
    await this.#lock.run(parentJobid, async () => {
      const others = (await this.childrenOf(parentJobid)).filter((child) => child.jobid !== jobid);
      const child = { jobid, ...(button !== undefined && { button }) };
      await this.#children.set(parentJobid, { children: [...others, child].slice(-MAX_CHILDREN) });
    });
  }

  /** The jobs that named this one as their parent, in the order in which they were first heard of. */
  async childrenOf(parentJobid: string): Promise<readonly KnownChild[]> {
    return (await this.#children.get(parentJobid))?.children ?? [];
  }

  set(job: Job): Promise<void> {
    return this.#jobs.set(job.ref, job);
  }

  /** Keeps which jobs ended last, oldest first, for autocomplete after a restart. */
  async saveRecent(refs: readonly string[]): Promise<void> {
    await this.#recent.set(RECENT_KEY, { refs: [...refs] });
  }

  async loadRecent(): Promise<readonly string[]> {
    return (await this.#recent.get(RECENT_KEY))?.refs ?? [];
  }

  async markRunning(job: Job): Promise<void> {
    await this.#running.set(job.ref, { jobid: job.jobid, since: job.firstSeenAt });
  }

  async unmarkRunning(ref: string): Promise<void> {
    await this.#running.delete(ref);
  }

  running(): AsyncGenerator<[string, RunningEntry]> {
    return this.#running.entries();
  }
}
