import { isOver, type Job } from '../../jobs/job.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import { EVENTS } from '../notification-events.ts';
import type { HeldJobs } from '../planning/held-jobs.ts';
import type { PlanId } from '../planning/plan.ts';
import type { PlanStore } from '../planning/plan-store.ts';

/**
 * The job as a post shows it, without what moderators hold back: as stored once it has ended, else as it was planned,
 * since a post may be sent before the job is stored.
 */
export class PostedJobs {
  readonly #jobs: Pick<JobStore, 'get' | 'getMany'>;
  readonly #plans: PlanStore;
  readonly #held: HeldJobs;

  constructor(jobs: Pick<JobStore, 'get' | 'getMany'>, plans: PlanStore, held: HeldJobs) {
    this.#jobs = jobs;
    this.#plans = plans;
    this.#held = held;
  }

  async get(id: PlanId): Promise<Job | undefined> {
    const [job] = await this.getMany([id]);
    return job;
  }

  /** In the order of the ids; `undefined` where nothing is known any more. */
  async getMany(ids: readonly PlanId[]): Promise<(Job | undefined)[]> {
    const stored = await this.#jobs.getMany(ids.map((id) => id.ref));
    const isEnough = (id: PlanId, job: Job | undefined) => job !== undefined && isOver(job) && EVENTS[id.event].endsJob;
    const missing = ids.filter((id, at) => !isEnough(id, stored[at]));
    const plans = await this.#plans.getMany(missing);
    const planned = new Map(missing.map((id, at) => [id, plans[at]?.job] as const));
    return ids.map((id, at) => this.#conceal(id.guildId, planned.get(id) ?? stored[at]));
  }

  /** The job as stored, whatever happened to it. */
  async current(guildId: string, ref: string): Promise<Job | undefined> {
    return this.#conceal(guildId, await this.#jobs.get(ref));
  }

  #conceal(guildId: string, job: Job | undefined): Job | undefined {
    return job === undefined ? undefined : this.#held.conceal(guildId, job);
  }
}
