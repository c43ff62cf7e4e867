import { z } from 'zod';
import type { Collection } from '../storage/collection.ts';
import type { Store } from '../storage/store.ts';
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

/** Jobs as stored, by ref; written by the tracker alone. */
export class JobStore {
  readonly #jobs: Collection<Job>;
  readonly #running: Collection<RunningEntry>;
  readonly #relatives: Collection<Relative>;
  readonly #recent: Collection<Recent>;

  constructor(store: Store) {
    this.#jobs = store.collection('jobs', Job, { ttlMs: JOB_TTL_MS });
    this.#running = store.collection('running', RunningEntry, { ttlMs: JOB_TTL_MS });
    this.#relatives = store.collection('relatives', Relative, { ttlMs: JOB_TTL_MS });
    this.#recent = store.collection('recent', Recent);
  }

  get(ref: string): Promise<Job | undefined> {
    return this.#jobs.get(ref);
  }

  getMany(refs: readonly string[]): Promise<(Job | undefined)[]> {
    return this.#jobs.getMany(refs);
  }

  /** The job with this id, or the ref that it will have. */
  async find(jobid: string): Promise<{ readonly ref: string; readonly job?: Job }> {
    for (let salt = 0; salt < MAX_SALT; salt += 1) {
      const ref = toJobRef(jobid, salt);
      const job = await this.#jobs.get(ref);
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
