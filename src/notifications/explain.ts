import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import type { DeliveryQueue } from './delivery/delivery-queue.ts';
import type { PostRecord } from './delivery/post-record.ts';
import type { Sender } from './delivery/sender.ts';
import { NotificationEvent } from './notification-events.ts';
import type { Plan, PlannedPost, Verdict } from './planning/plan.ts';
import type { PlanStore } from './planning/plan-store.ts';
import { isQuiet } from './rules/quiet-hours.ts';
import type { Rule } from './rules/rule.ts';
import type { RuleStore } from './rules/rule-store.ts';

/** What has become of a planned post. Times are epoch milliseconds. */
export interface DeliveryView {
  readonly ref: string;
  readonly event: NotificationEvent;
  readonly channelId: string;
  readonly ruleNumbers: readonly number[];
  readonly plannedAt: number;
  /** Whether the end of a live card shows it. */
  readonly isByCard: boolean;
  /**
   * `held`: it awaits the job's review; `planned`: it waits for its turn; `waiting`: Discord did not take it yet;
   * `sending`: Discord's answer is open.
   */
  readonly state: 'planned' | 'held' | PostRecord['state'];
  /** How often it was sent. */
  readonly tries: number;
  /** When it is tried next, where it waits for that. */
  readonly nextTryAt?: number;
  /** What Discord said last, where it was not yes. */
  readonly lastAnswer?: { readonly code: number; readonly says: string; readonly at: number };
  readonly postedAt?: number;
  /** Leads to the message that shows it, be it a summary's. */
  readonly link?: string;
  readonly isSilent?: boolean;
  /** The kind of message that shows it with others. */
  readonly batch?: 'summary' | 'digest';
  /** How much of it Discord did not take. */
  readonly isReduced?: boolean;
  /** Why it was dropped. */
  readonly why?: string;
}

/** What one rule said to one event, and what came of it. */
export interface RuleExplanation {
  readonly verdict: Verdict;
  /** The rule as it is now; none when it was removed. */
  readonly rule?: Rule;
  /** Whether the rule's quiet hours are on now. */
  readonly isQuietNow: boolean;
  readonly delivery?: DeliveryView;
}

export interface EventExplanation {
  readonly event: NotificationEvent;
  /** When the event was seen. */
  readonly seenAt: number;
  readonly rules: readonly RuleExplanation[];
  /** Posts of live cards for which no rule asked. */
  readonly otherDeliveries: readonly DeliveryView[];
}

export interface ExplainerOptions {
  readonly plans: PlanStore;
  readonly rules: RuleStore;
  readonly sender: Pick<Sender, 'read'>;
  readonly queue: DeliveryQueue;
  readonly clock: Clock;
}

/** Says why a post came, or did not. */
export class Explainer {
  readonly #options: ExplainerOptions;

  constructor(options: ExplainerOptions) {
    this.#options = options;
  }

  /**
   * Every event of a job that was seen while the server had rules or a live card of it, in the order of time; empty:
   * nothing was seen.
   */
  async explainJob(guildId: string, ref: string): Promise<readonly EventExplanation[]> {
    const { plans, rules } = this.#options;
    const found = await plans.getMany(NotificationEvent.options.map((event) => ({ guildId, ref, event })));
    const known = await rules.list(guildId);
    const seen = found.filter((plan) => plan !== undefined).sort((a, b) => a.seenAt - b.seenAt);
    return Promise.all(seen.map((plan) => this.#explainPlan(plan, known)));
  }

  /** The server's last posts, newest first. */
  async listDeliveries(guildId: string, limit: number): Promise<readonly DeliveryView[]> {
    const posts: { readonly plan: Plan; readonly post: PlannedPost }[] = [];
    for (const plan of await this.#options.plans.listRecent(guildId)) {
      posts.push(...plan.posts.map((post) => ({ plan, post })));
      if (posts.length >= limit) break;
    }
    return Promise.all(posts.slice(0, limit).map(({ plan, post }) => this.#toView(plan, post)));
  }

  async #explainPlan(plan: Plan, rules: readonly Rule[]): Promise<EventExplanation> {
    const views = await Promise.all(plan.posts.map((post) => this.#toView(plan, post)));
    const explained = plan.verdicts.map((verdict): RuleExplanation => {
      const rule = rules.find(({ number }) => number === verdict.ruleNumber);
      const delivery = views.find(({ ruleNumbers }) => ruleNumbers.includes(verdict.ruleNumber));
      const isQuietNow = rule?.quiet !== undefined && isQuiet(rule.quiet, this.#options.clock.now());
      return { verdict, isQuietNow, ...compact({ rule, delivery }) };
    });
    const otherDeliveries = views.filter(({ ruleNumbers }) => ruleNumbers.length === 0);
    return { event: plan.event, seenAt: plan.seenAt, rules: explained, otherDeliveries };
  }

  async #toView(plan: Plan, post: PlannedPost): Promise<DeliveryView> {
    const record = await this.#options.sender.read(post.key);
    const entry = await this.#options.queue.get(post.key);
    const posted = record.state === 'batched' ? await this.#options.sender.read(record.batchKey) : record;
    const isPlanned = record.state === 'waiting' && record.tries === 0 && record.lastAnswer === undefined;
    const lastAnswer = posted.lastAnswer ?? record.lastAnswer;
    return {
      ref: post.ref,
      event: post.event,
      channelId: post.channelId,
      ruleNumbers: post.ruleNumbers,
      plannedAt: plan.seenAt,
      isByCard: post.via === 'card',
      state: isPlanned
        ? plan.review === 'held'
          ? 'held'
          : 'planned'
        : record.state === 'batched' && posted.state === 'dropped'
          ? 'dropped'
          : record.state,
      tries: posted.tries,
      ...(entry?.state === 'delayed' && { nextTryAt: entry.runAt }),
      ...compact({ lastAnswer }),
      ...(record.state === 'batched' && { batch: record.kind }),
      ...toOutcome(post.guildId, posted),
    };
  }
}

function toOutcome(guildId: string, record: PostRecord): Partial<DeliveryView> {
  if (record.state === 'dropped') return { why: record.why };
  if (record.state !== 'posted') return {};
  const { at, channelId, messageId, isSilent, level } = record;
  const link = `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
  return { postedAt: at, link, isSilent, isReduced: level !== 'whole' };
}
