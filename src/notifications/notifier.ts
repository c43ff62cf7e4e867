import type { Job } from '../jobs/job.ts';
import { isVisibleTo } from '../jobs/job.ts';
import type { JobOrigin } from '../jobs/job-claims.ts';
import type { Transition } from '../jobs/job-tracker.ts';
import type { NewEntry } from '../queue/contract.ts';
import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { KeyedLock } from '../shared/keyed-lock.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import { type DeliveryQueue, type DeliveryTask, toCardEntry, toPostEntry } from './delivery/delivery-queue.ts';
import { isSettled } from './delivery/post-record.ts';
import type { Sender } from './delivery/sender.ts';
import type { Watch, WatchStore } from './live-cards/watch-store.ts';
import { HELD_EVENT, type NotificationEvent } from './notification-events.ts';
import type { HeldJobs } from './planning/held-jobs.ts';
import type { Plan, PlannedPost } from './planning/plan.ts';
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
  readonly served: Pick<ServedGuilds, 'ids'>;
  readonly clock: Clock;
}

/**
 * Turns what happens to jobs into queued posts. Called with an event before the job is stored: the plan is stored
 * first, then its posts are enqueued all at once, and only then does it return; called again, it enqueues the same
 * posts by the same keys. Posts of a job that is held are planned all the same, and enqueued when it is released.
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
  onTransition({ job, event, origin }: Transition): Promise<void> {
    return this.#notify(job, event, origin);
  }

  /** Listens to `JobWatcher`: notifies those who want to hear of failures that nothing is heard of a job any more. */
  onLostContact(job: Job): Promise<void> {
    return this.#notify(job, 'lost-contact');
  }

  /**
   * Enqueues what was held back, as old as the release; to be called when the job is held no longer. idempotent.
   */
  release(guildId: string, ref: string): Promise<void> {
    return this.#lock.run(toLockKey(guildId, ref), async () => {
      const plan = await this.#options.plans.get({ guildId, ref, event: HELD_EVENT });
      if (plan?.review !== 'held' && plan?.review !== 'released') return;
      await this.#enqueue([plan.review === 'held' ? await this.#settle(plan, 'released') : plan]);
    });
  }

  /** Ends what was held back without posting it; `why` is a sentence part for people. Idempotent. */
  drop(guildId: string, ref: string, why: string): Promise<void> {
    return this.#lock.run(toLockKey(guildId, ref), async () => {
      const { plans, sender, queue } = this.#options;
      const plan = await plans.get({ guildId, ref, event: HELD_EVENT });
      if (plan?.review !== 'held' && plan?.review !== 'dropped') return;
      const dropped = plan.review === 'held' ? await this.#settle(plan, 'dropped') : plan;
      for (const { key } of dropped.posts) {
        const record = await sender.read(key);
        if (!isSettled(record)) await sender.drop(key, record, 'not-approved', why);
      }
      const entries = await this.#toCardEntries(dropped);
      if (entries.length > 0) await queue.addMany(entries);
    });
  }

  async #notify(job: Job, event: NotificationEvent, origin?: JobOrigin): Promise<void> {
    const guildIds = this.#options.served.ids().filter((guildId) => isVisibleTo(job, guildId));
    const plans: Plan[] = [];
    for (const guildId of await this.#filterInterested(guildIds, job.ref)) {
      const plan = await this.#lock.run(toLockKey(guildId, job.ref), () => this.#plan(guildId, job, event, origin));
      if (plan !== undefined) plans.push(plan);
    }
    await this.#enqueue(plans);
  }

  /** Most of many servers have neither a rule nor a card, and are not asked one by one. */
  async #filterInterested(guildIds: readonly string[], ref: string): Promise<readonly string[]> {
    const { rules, watches } = this.#options;
    const withRules = new Set<string>();
    for (const guildId of guildIds) if ((await rules.list(guildId)).length > 0) withRules.add(guildId);
    const others = guildIds.filter((guildId) => !withRules.has(guildId));
    return [...withRules, ...(await watches.filterFollowing(others, ref))];
  }

  async #enqueue(plans: readonly Plan[]): Promise<void> {
    const entries: NewEntry<DeliveryTask>[] = [];
    for (const plan of plans) entries.push(...(await this.#toEntries(plan)));
    if (entries.length > 0) await this.#options.queue.addMany(entries);
    for (const plan of plans) if (plan.posts.length > 0) await this.#options.plans.noteRecent(plan);
  }

  /** The plan that was made when the event was first met, else a new one; none where nobody could want to know. */
  async #plan(
    guildId: string,
    job: Job,
    event: NotificationEvent,
    origin: JobOrigin | undefined,
  ): Promise<Plan | undefined> {
    const { plans, rules, watches, held, clock } = this.#options;
    const known = await plans.get({ guildId, ref: job.ref, event });
    if (known !== undefined) return known;
    const guildRules = await rules.list(guildId);
    const watched = await watches.listOf(guildId, job.ref);
    if (guildRules.length === 0 && watched.length === 0) return undefined;
    const now = clock.now();
    const liveCardChannelIds = watched.map((card) => card.channelId);
    const newCardChannelId = origin?.guildId === guildId ? origin.channelId : undefined;
    const cards = { liveCardChannelIds, ...compact({ newCardChannelId }) };
    const planned = planJob({ guildId, job, event, rules: guildRules, ...cards, now });
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
    const isReleased = plan.review === undefined || plan.review === 'released';
    const posts = isReleased ? plan.posts.filter(({ via }) => via === 'post') : [];
    return [...(await this.#toCardEntries(plan)), ...posts.map(toPostEntry)];
  }

  async #toCardEntries(plan: Plan): Promise<NewEntry<DeliveryTask>[]> {
    const posts = plan.posts.filter(({ via }) => via === 'card');
    const cards = posts.length > 0 ? await this.#options.watches.listOf(plan.guildId, plan.ref) : [];
    return posts.map((post) => toEntry(post, cards, plan.review));
  }
}

/**
 * A post that a live card shows comes about through the card; one whose card is gone by now is posted like any other.
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
