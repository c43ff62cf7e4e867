import type { JobStore } from '../jobs/job-store.ts';
import type { Queue } from '../queue/queue.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import type { Store } from '../storage/store.ts';
import type { ChannelPoster } from './channel-poster.ts';
import { ChannelStates } from './channel-state.ts';
import { Deliveries } from './deliveries.ts';
import { defineDeliveryQueue } from './delivery-queue.ts';
import { Explainer } from './explain.ts';
import { type HeldJobs, NOTHING_HELD } from './held-jobs.ts';
import { LiveCards } from './live-cards.ts';
import type { MissedMentionListener } from './missed-mention.ts';
import { Notifier } from './notifier.ts';
import { PlanStore } from './plan-store.ts';
import { openPostRecords } from './post-record.ts';
import { Refusals } from './refusals.ts';
import type { Rule } from './rule.ts';
import { type RuleListener, RuleStore } from './rule-store.ts';
import { Samples } from './samples.ts';
import { Sender } from './sender.ts';
import { ToldJobs } from './told-jobs.ts';
import { WatchStore } from './watch-store.ts';

export interface TellingOptions {
  readonly store: Pick<Store, 'collection'>;
  readonly queue: Queue;
  readonly jobs: Pick<JobStore, 'get' | 'getMany'>;
  readonly poster: ChannelPoster;
  /** What moderators hold back; default nothing. */
  readonly held?: HeldJobs;
  /** The servers that are served now. */
  readonly guildIds: () => readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of each change that people make to a rule, at least once. */
  readonly onRuleChanged?: RuleListener;
  /** Told once per rule that its channel refuses the bot; `reason` is a sentence part for people. */
  readonly onSuspended: (rule: Rule, reason: string) => Promise<void>;
  /** Told once per rule that it works again. */
  readonly onResumed?: (rule: Rule) => Promise<void>;
  readonly onMissedMention?: MissedMentionListener;
  /** Told when Discord no longer knows the bot. */
  readonly onFatal: (reason: string) => void;
}

/** Everything that tells channels of jobs. */
export interface Telling {
  readonly rules: RuleStore;
  /** Its `onTransition` and `onLostContact` are to be connected to tracker and watcher. */
  readonly notifier: Notifier;
  /** Its `onChange` is to be connected to the tracker, its `hasLiveCard` to the watcher. */
  readonly liveCards: LiveCards;
  readonly explainer: Explainer;
  /** Posts tests of rules. */
  readonly samples: Samples;
  /** Brings live cards up to date and starts handling the queue; the queue is stopped by whoever opened it. */
  start(): Promise<void>;
}

/** Builds what tells channels of jobs; nothing runs before `start`. */
export function createTelling(options: TellingOptions): Telling {
  const {
    store,
    jobs,
    poster,
    held = NOTHING_HELD,
    guildIds,
    clock,
    logger,
    onSuspended,
    onResumed,
    onMissedMention = async () => undefined,
    onFatal,
  } = options;
  const queue = defineDeliveryQueue(options.queue);
  const rules = new RuleStore(store, options.onRuleChanged);
  const plans = new PlanStore(store);
  const watches = new WatchStore(store);
  const sender = new Sender({ records: openPostRecords(store), poster, clock, logger });
  const told = new ToldJobs(jobs, plans, held);
  const liveCards = new LiveCards({
    store,
    watches,
    plans,
    jobs: told,
    queue,
    sender,
    poster,
    onMissedMention,
    clock,
    logger,
  });
  const states = new ChannelStates(store);
  const refusals = new Refusals({ rules, clock, logger, onSuspended, ...(onResumed && { onResumed }) });
  const work = {
    queue,
    rules,
    states,
    jobs: told,
    sender,
    refusals,
    cards: liveCards,
    onMissedMention,
    clock,
    onFatal,
  };
  const deliveries = new Deliveries(work);
  return {
    rules,
    notifier: new Notifier({ rules, plans, watches, queue, sender, held, guildIds, clock }),
    liveCards,
    samples: new Samples(poster, clock),
    explainer: new Explainer({ plans, rules, sender, queue, clock }),
    async start() {
      await liveCards.restore();
      deliveries.start();
    },
  };
}
