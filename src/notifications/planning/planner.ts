import type { Job } from '../../jobs/job.ts';
import { EVENTS, type NotificationEvent } from '../notification-events.ts';
import { matchRule } from '../rules/match-rule.ts';
import type { Rule } from '../rules/rule.ts';
import type { PlannedPost, Verdict } from './plan.ts';
import { toPostKey } from './plan.ts';

export interface PlanQuestion {
  readonly guildId: string;
  readonly job: Job;
  readonly event: NotificationEvent;
  /** The server's rules. */
  readonly rules: readonly Rule[];
  /** Channels of the server with a live card of this job. */
  readonly liveCardChannelIds: readonly string[];
  /** At the start: the channel in which somebody has started the job, and in which its live card comes. */
  readonly newCardChannelId?: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Planned {
  readonly verdicts: Verdict[];
  readonly posts: PlannedPost[];
}

const MEDIA_RANK = { none: 0, spoiler: 1, full: 2 } as const;

/**
 * Decides who is notified of an event: rules that match in one channel make one post with all their mentions; a channel
 * with a live card of the job is notified by the card, whose end is a post too even where no rule asks for it.
 */
export function planJob(question: PlanQuestion): Planned {
  const { guildId, job, event, rules, liveCardChannelIds, now } = question;
  const verdicts: Verdict[] = [];
  const posts = new Map<string, PlannedPost>();
  const { endsJob } = EVENTS[event];
  const since = toSince(job, event, now);
  const toBare = (channelId: string, via: PlannedPost['via']): PlannedPost => ({
    key: toPostKey({ guildId, ref: job.ref, event }, channelId),
    guildId,
    ref: job.ref,
    event,
    channelId,
    ruleNumbers: [],
    mentionRoleIds: [],
    mentionUserIds: [],
    media: 'none',
    via,
    dueAt: since,
  });
  if (endsJob) for (const id of liveCardChannelIds) posts.set(id, toBare(id, 'card'));
  for (const rule of rules) {
    const verdict = toVerdict(rule, question);
    verdicts.push(verdict);
    if (!verdict.matched || (verdict.via === 'card' && !endsJob)) continue;
    posts.set(rule.channelId, withRule(posts.get(rule.channelId) ?? toBare(rule.channelId, 'post'), rule, now));
  }
  return { verdicts, posts: [...posts.values()] };
}

function toSince({ updatedAt }: Job, event: NotificationEvent, now: number): number {
  return EVENTS[event].since === 'now' ? now : Math.min(updatedAt ?? now, now);
}

function toVerdict(rule: Rule, question: PlanQuestion): Verdict {
  const { job, event } = question;
  const ruleNumber = rule.number;
  const match = matchRule(rule, job, EVENTS[event].wantedAs);
  if (!match.matched) {
    const { condition, wanted, was } = match.because;
    return { ruleNumber, matched: false, because: { condition, wanted, was: condition === 'events' ? event : was } };
  }
  const hasCard = EVENTS[event].isOnLiveCard && isShownByCard(rule, question);
  return { ruleNumber, matched: true, channelId: rule.channelId, via: hasCard ? 'card' : 'post' };
}

/** A card that is still to come says that the job has started, and pings nobody by that. */
function isShownByCard(
  { channelId, mentionRoleId }: Rule,
  { liveCardChannelIds, newCardChannelId }: PlanQuestion,
): boolean {
  return liveCardChannelIds.includes(channelId) || (channelId === newCardChannelId && mentionRoleId === undefined);
}

/** What was there before a rule was made is not late for it. */
function withRule(post: PlannedPost, { number, mentionRoleId, media, createdAt }: Rule, now: number): PlannedPost {
  const roles = mentionRoleId === undefined ? [] : [mentionRoleId];
  return {
    ...post,
    ruleNumbers: [...post.ruleNumbers, number],
    mentionRoleIds: [...new Set([...post.mentionRoleIds, ...roles])],
    dueAt: Math.max(post.dueAt, Math.min(createdAt, now)),
    media: MEDIA_RANK[media] > MEDIA_RANK[post.media] ? media : post.media,
  };
}
