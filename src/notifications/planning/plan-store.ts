import { z } from 'zod';
import { KeyedLock } from '../../shared/keyed-lock.ts';
import type { Collection, Store } from '../../storage/contract.ts';
import { NOTIFICATION_TTL_MS, Plan, type PlanId, toPlanKey } from './plan.ts';

const RecentPlans = z.object({ keys: z.array(z.string()) });
type RecentPlans = z.infer<typeof RecentPlans>;

const MAX_RECENT = 100;

/**
 * Plans by server, job and event, and which of them led to posts last. Written by the process that follows the jobs.
 */
export class PlanStore {
  readonly #plans: Collection<Plan>;
  readonly #recent: Collection<RecentPlans>;
  readonly #lock = new KeyedLock();

  constructor(store: Pick<Store, 'collection'>) {
    this.#plans = store.collection('plans', Plan, { ttlMs: NOTIFICATION_TTL_MS });
    this.#recent = store.collection('recent-plans', RecentPlans);
  }

  get(id: PlanId): Promise<Plan | undefined> {
    return this.#plans.get(toPlanKey(id));
  }

  getMany(ids: readonly PlanId[]): Promise<(Plan | undefined)[]> {
    return this.#plans.getMany(ids.map(toPlanKey));
  }

  set(plan: Plan): Promise<void> {
    return this.#plans.set(toPlanKey(plan), plan);
  }

  /** Notes that a plan's posts were enqueued; the last hundred of a server are kept. */
  async noteRecent(plan: Plan): Promise<void> {
    const key = toPlanKey(plan);
    await this.#lock.run(plan.guildId, async () => {
      const keys = (await this.#recent.get(plan.guildId))?.keys ?? [];
      if (keys.includes(key)) return;
      await this.#recent.set(plan.guildId, { keys: [key, ...keys].slice(0, MAX_RECENT) });
    });
  }

  /** Forgets which plans of a server led to posts; the plans themselves go by their age. */
  async forget(guildId: string): Promise<void> {
    await this.#lock.run(guildId, () => this.#recent.delete(guildId));
  }

  /** Newest first. */
  async listRecent(guildId: string): Promise<readonly Plan[]> {
    const keys = (await this.#recent.get(guildId))?.keys ?? [];
    return (await this.#plans.getMany(keys)).filter((plan) => plan !== undefined);
  }
}
