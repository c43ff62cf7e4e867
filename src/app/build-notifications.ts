import type { JobStore } from '../jobs/job-store.ts';
import type { ChannelPoster } from '../notifications/delivery/channel-poster.ts';
import { ChannelStates } from '../notifications/delivery/channel-state.ts';
import { Deliveries } from '../notifications/delivery/deliveries.ts';
import { defineDeliveryQueue } from '../notifications/delivery/delivery-queue.ts';
import type { MissedMentionListener } from '../notifications/delivery/missed-mention.ts';
import { openPostRecords } from '../notifications/delivery/post-record.ts';
import { PostedJobs } from '../notifications/delivery/posted-jobs.ts';
import { Refusals } from '../notifications/delivery/refusals.ts';
import { Samples } from '../notifications/delivery/samples.ts';
import { Sender } from '../notifications/delivery/sender.ts';
import { Explainer } from '../notifications/explain.ts';
import { LiveCards } from '../notifications/live-cards/live-cards.ts';
import { WatchStore } from '../notifications/live-cards/watch-store.ts';
import { Notifier } from '../notifications/notifier.ts';
import { type HeldJobs, NOTHING_HELD } from '../notifications/planning/held-jobs.ts';
import { PlanStore } from '../notifications/planning/plan-store.ts';
import type { Rule } from '../notifications/rules/rule.ts';
import { type RuleRecorder, RuleStore } from '../notifications/rules/rule-store.ts';
import type { Queue } from '../queue/contract.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { ServedGuilds } from '../shared/served-guilds.ts';
import type { Store } from '../storage/contract.ts';
import type { PostObserver } from './post-observer.ts';

export interface NotificationsOptions {
  readonly store: Pick<Store, 'collection' | 'transaction'>;
  readonly queue: Queue;
  readonly jobs: Pick<JobStore, 'get' | 'getMany'>;
  readonly poster: ChannelPoster;
  readonly onPost?: PostObserver | undefined;
  /** What moderators hold back; default nothing. */
  readonly held?: HeldJobs;
  readonly served: ServedGuilds;
  /** Whether the bot has left a server; default: none. */
  readonly hasLeft?: (guildId: string) => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Records each change that people make to a rule, in the transaction that stores it. */
  readonly recordRuleChange?: RuleRecorder;
  /** Called once per rule when its channel refuses the bot; `reason` is a sentence part for people. */
  readonly onSuspended: (rule: Rule, reason: string) => Promise<void>;
  readonly onMissedMention?: MissedMentionListener;
  /** Called when Discord no longer knows the bot. */
  readonly onFatal: (reason: string) => void;
}

/** Everything that notifies channels of jobs. */
export interface Notifications {
  readonly rules: RuleStore;
  /** Its `onTransition` and `onLostContact` are to be connected to tracker and watcher. */
  readonly notifier: Notifier;
  /** Its `onChange` is to be connected to the tracker, its `hasLiveCard` to the watcher. */
  readonly liveCards: LiveCards;
  readonly explainer: Explainer;
  /** Posts tests of rules. */
  readonly samplePosts: Samples;
  /** Deletes what is kept of a server. Rejects with a `StoreError`. */
  forget(guildId: string): Promise<void>;
  /** Brings live cards up to date and starts handling the queue; the queue is stopped by whoever opened it. */
  start(): Promise<void>;
}

/** Builds what notifies channels of jobs; nothing runs before `start`. */
export function buildNotifications(options: NotificationsOptions): Notifications {
  const {
    store,
    jobs,
    poster,
    onPost,
    held = NOTHING_HELD,
    served,
    hasLeft = () => false,
    clock,
    logger,
    onSuspended,
    onMissedMention = async () => undefined,
    onFatal,
  } = options;
  const queue = defineDeliveryQueue(options.queue);
  const rules = new RuleStore(store, options.recordRuleChange);
  const plans = new PlanStore(store);
  const watches = new WatchStore(store);
  const sender = new Sender({
    records: openPostRecords(store),
    poster,
    clock,
    logger,
    onOutcome: onPost?.('notification'),
  });
  const posted = new PostedJobs(jobs, plans, held);
  const liveCards = new LiveCards({
    store,
    watches,
    plans,
    jobs: posted,
    queue,
    sender,
    poster,
    onMissedMention,
    clock,
    logger,
  });
  const states = new ChannelStates(store);
  const refusals = new Refusals({ rules, clock, logger, onSuspended });
  const deliveries = new Deliveries({
    queue,
    rules,
    states,
    jobs: posted,
    sender,
    refusals,
    cards: liveCards,
    hasLeft,
    onMissedMention,
    clock,
    onFatal,
  });
  return {
    rules,
    notifier: new Notifier({ rules, plans, watches, queue, sender, held, served, clock }),
    liveCards,
    samplePosts: new Samples(poster, clock),
    explainer: new Explainer({ plans, rules, sender, queue, clock }),
    async forget(guildId) {
      await rules.forget(guildId);
      await plans.forget(guildId);
    },
    async start() {
      await liveCards.restore();
      deliveries.start();
    },
  };
}
