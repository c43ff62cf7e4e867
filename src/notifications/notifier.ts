import type { Job } from '../jobs/job.ts';
import { isVisibleTo } from '../jobs/job.ts';
import type { Transition } from '../jobs/job-tracker.ts';
import type { NewEntry } from '../queue/queue.ts';
import type { Clock } from '../shared/clock.ts';
import { type DeliveryQueue, type DeliveryTask, toCardEntry, toPostEntry } from './delivery-queue.ts';
import type { Plan, PlannedPost, TellEvent } from './plan.ts';
import type { PlanStore } from './plan-store.ts';
import { planJob } from './planner.ts';
import type { RuleStore } from './rule-store.ts';
import type { Watch, WatchStore } from './watch-store.ts';

export interface NotifierOptions {
  readonly rules: RuleStore;
  readonly plans: PlanStore;
  readonly watches: WatchStore;
  readonly queue: DeliveryQueue;
  /** The servers that are served now. */
  readonly guildIds: () => readonly string[];
  readonly clock: Clock;
}

/**
 * Turns what happens to jobs into queued posts. Told of an event before the job is stored: the plan is stored first, then
 * its posts are lined up all at once, and only then does it return; told again, it lines up the same posts by the same keys.
 */
export class Notifier {
  readonly #options: NotifierOptions;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Listens to `JobTracker.onTransition`. Rejects when plan or posts could not be stored: the job must not be stored then. */
  onTransition({ job, event }: Transition): Promise<void> {
    return this.#tell(job, event);
  }

  /** Listens to `JobWatcher`: tells those who want to hear of failures that nothing is heard of a job any more. */
  onLostContact(job: Job): Promise<void> {
    return this.#tell(job, 'lost-contact');
  }

  async #tell(job: Job, event: TellEvent): Promise<void> {
    const guildIds = this.#options.guildIds().filter((guildId) => isVisibleTo(job, guildId));
    const plans: Plan[] = [];
    for (const guildId of guildIds) {
      const plan = await this.#plan(guildId, job, event);
      if (plan !== undefined) plans.push(plan);
    }
    const entries: NewEntry<DeliveryTask>[] = [];
    for (const plan of plans) entries.push(...(await this.#toEntries(plan)));
    if (entries.length === 0) return;
    await this.#options.queue.addMany(entries);
    for (const plan of plans) if (plan.posts.length > 0) await this.#options.plans.noteRecent(plan);
  }

  /** The plan that was made when the event was first met, else a new one; none where nobody could want to know. */
  async #plan(guildId: string, job: Job, event: TellEvent): Promise<Plan | undefined> {
    const { plans, rules, watches, clock } = this.#options;
    const known = await plans.get({ guildId, ref: job.ref, event });
    if (known !== undefined) return known;
    const guildRules = await rules.list(guildId);
    const cards = await watches.listOf(guildId, job.ref);
    if (guildRules.length === 0 && cards.length === 0) return undefined;
    const now = clock.now();
    const liveCardChannelIds = cards.map((card) => card.channelId);
    const planned = planJob({ guildId, job, event, rules: guildRules, liveCardChannelIds, now });
    const plan: Plan = { guildId, ref: job.ref, event, seenAt: now, job, ...planned };
    await plans.set(plan);
    return plan;
  }

  async #toEntries(plan: Plan): Promise<NewEntry<DeliveryTask>[]> {
    const hasCards = plan.posts.some((post) => post.via === 'card');
    const cards = hasCards ? await this.#options.watches.listOf(plan.guildId, plan.ref) : [];
    return plan.posts.map((post) => toEntry(post, cards));
  }
}

/** A post that a live card tells comes about through the card; one whose card is gone by now is posted like any other. */
function toEntry(post: PlannedPost, cards: readonly Watch[]): NewEntry<DeliveryTask> {
  const card = cards.find((other) => other.channelId === post.channelId);
  if (post.via === 'post') return toPostEntry(post);
  const { guildId, channelId, ref, event } = post;
  return toCardEntry({ guildId, channelId, ref, addedAt: card?.addedAt ?? 0, event }, event);
}
