import type { Job } from '../jobs/job.ts';
import { isVisibleTo } from '../jobs/job.ts';
import type { Transition } from '../jobs/job-tracker.ts';
import type { NewEntry } from '../queue/contract.ts';
import type { Clock } from '../shared/clock.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import { type DeliveryQueue, type DeliveryTask, toCardEntry, toPostEntry } from './delivery/delivery-queue.ts';
import { isSettled } from './delivery/post-record.ts';
import type { Sender } from './delivery/sender.ts';
import type { Watch, WatchStore } from './live-cards/watch-store.ts';
import type { HeldJobs } from './planning/held-jobs.ts';
import type { Plan, PlannedPost, TellEvent } from './planning/plan.ts';
import type { PlanStore } from './planning/plan-store.ts';
import { planJob } from './planning/planner.ts';
import type { RuleStore } from './rules/rule-store.ts';

export interface NotifierOptions {
  readonly rules: RuleStore;
  readonly plans: PlanStore;
  readonly watches: WatchStore;
  readonly queue: DeliveryQueue;
  readonly sender: Pick<Sender, 'read' | 'drop'>;
  readonly held: HeldJobs;
  /** The servers that are served now. */
  readonly guildIds: () => readonly string[];
  readonly clock: Clock;
}

/** The only event that moderators hold back. */
const HELD_EVENT = 'completed';

/**
 * Turns what happens to jobs into queued posts. Told of an event before the job is stored: the plan is stored first,
 * then its posts are lined up all at once, and only then does it return; told again, it lines up the same posts by the
 * same keys. Posts of a job that is held are planned all the same, and lined up when it is released.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  /** One at a time per server and job: between asking whether it is held and storing that, nobody decides. */
  readonly #lock = new KeyedLock();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /**
   * Listens to `JobTracker.onTransition`. Rejects when plan or posts could not be stored: the job must
   * not be stored then.
   */
  onTransition({ job, event }: Transition): Promise<void> {
    return this.#tell(job, event);
  }

  /** Listens to `JobWatcher`: tells those who want to hear of failures that nothing is heard of a job any more. */
  onLostContact(job: Job): Promise<void> {
    return this.#tell(job, 'lost-contact');
  }

  /**
   * Lines up what was held back, as old as the release; to be called when the job is held no longer. Said
   * again it changes nothing.
   */
  release(guildId: string, ref: string): Promise<void> {
    return this.#lock.run(toLockKey(guildId, ref), async () => {
      const plan = await this.#options.plans.get({ guildId, ref, event: HELD_EVENT });
      if (plan?.review !== 'held' && plan?.review !== 'released') return;
      await this.#lineUp([plan.review === 'held' ? await this.#settle(plan, 'released') : plan]);
    });
  }

  /** Ends what was held back without telling it; `why` is a sentence part for people. Said again it changes nothing. */
  drop(guildId: string, ref: string, why: string): Promise<void> {
    return this.#lock.run(toLockKey(guildId, ref), async () => {
      const { plans, sender, queue } = this.#options;
      const plan = await plans.get({ guildId, ref, event: HELD_EVENT });
      if (plan?.review !== 'held' && plan?.review !== 'dropped') return;
      const dropped = plan.review === 'held' ? await this.#settle(plan, 'dropped') : plan;
      for (const { key } of dropped.posts) {
        const record = await sender.read(key);
        if (!isSettled(record)) await sender.drop(key, record, why);
      }
      const entries = await this.#toCardEntries(dropped);
      if (entries.length > 0) await queue.addMany(entries);
    });
  }

  async #tell(job: Job, event: TellEvent): Promise<void> {
    const guildIds = this.#options.guildIds().filter((guildId) => isVisibleTo(job, guildId));
    const plans: Plan[] = [];
    for (const guildId of guildIds) {
      const plan = await this.#lock.run(toLockKey(guildId, job.ref), () => this.#plan(guildId, job, event));
      if (plan !== undefined) plans.push(plan);
    }
    await this.#lineUp(plans);
  }

  async #lineUp(plans: readonly Plan[]): Promise<void> {
    const entries: NewEntry<DeliveryTask>[] = [];
    for (const plan of plans) entries.push(...(await this.#toEntries(plan)));
    if (entries.length > 0) await this.#options.queue.addMany(entries);
    for (const plan of plans) if (plan.posts.length > 0) await this.#options.plans.noteRecent(plan);
  }

  /** The plan that was made when the event was first met, else a new one; none where nobody could want to know. */
  async #plan(guildId: string, job: Job, event: TellEvent): Promise<Plan | undefined> {
    const { plans, rules, watches, held, clock } = this.#options;
    const known = await plans.get({ guildId, ref: job.ref, event });
    if (known !== undefined) return known;
    const guildRules = await rules.list(guildId);
    const cards = await watches.listOf(guildId, job.ref);
    if (guildRules.length === 0 && cards.length === 0) return undefined;
    const now = clock.now();
    const liveCardChannelIds = cards.map((card) => card.channelId);
    const planned = planJob({ guildId, job, event, rules: guildRules, liveCardChannelIds, now });
    const isHeld = event === HELD_EVENT && held.isHeld(guildId, job.ref);
    const review = isHeld ? { review: 'held' as const } : {};
    const plan: Plan = { guildId, ref: job.ref, event, seenAt: now, job, ...planned, ...review };
    await plans.set(plan);
    return plan;
  }

  async #settle(plan: Plan, review: 'released' | 'dropped'): Promise<Plan> {
    const now = this.#options.clock.now();
    const settled: Plan = { ...plan, review, posts: plan.posts.map((post) => ({ ...post, dueAt: now })) };
    await this.#options.plans.set(settled);
    return settled;
  }

  /** A live card is brought up to date whatever the moderators say; all else waits for them. */
  async #toEntries(plan: Plan): Promise<NewEntry<DeliveryTask>[]> {
    const isTold = plan.review === undefined || plan.review === 'released';
    const posts = isTold ? plan.posts.filter(({ via }) => via === 'post') : [];
    return [...(await this.#toCardEntries(plan)), ...posts.map(toPostEntry)];
  }

  async #toCardEntries(plan: Plan): Promise<NewEntry<DeliveryTask>[]> {
    const posts = plan.posts.filter(({ via }) => via === 'card');
    const cards = posts.length > 0 ? await this.#options.watches.listOf(plan.guildId, plan.ref) : [];
    return posts.map((post) => toEntry(post, cards, plan.review));
  }
}

/**
 * A post that a live card tells comes about through the card; one whose card is gone by now is posted like any other.
 */
function toEntry(post: PlannedPost, cards: readonly Watch[], review: Plan['review']): NewEntry<DeliveryTask> {
  const card = cards.find((other) => other.channelId === post.channelId);
  const { guildId, channelId, ref, event } = post;
  const occasion = review === undefined || review === 'held' ? event : review;
  return toCardEntry({ guildId, channelId, ref, addedAt: card?.addedAt ?? 0, event }, occasion);
}

function toLockKey(guildId: string, ref: string): string {
  return `${guildId}:${ref}`;
}
