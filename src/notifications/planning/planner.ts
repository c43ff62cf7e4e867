import type { Job } from '../../jobs/job.ts';
import type { JobEvent } from '../../jobs/job-events.ts';
import { matchRule } from '../rules/match-rule.ts';
import type { Rule } from '../rules/rule.ts';
import type { PlannedPost, TellEvent, Verdict } from './plan.ts';
import { toPostKey } from './plan.ts';

export interface PlanQuestion {
  readonly guildId: string;
  readonly job: Job;
  readonly event: TellEvent;
  /** The server's rules. */
  readonly rules: readonly Rule[];
  /** Channels of the server with a live card of this job. */
  readonly liveCardChannelIds: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Planned {
  readonly verdicts: Verdict[];
  readonly posts: PlannedPost[];
}

const MEDIA_RANK = { none: 0, spoiler: 1, full: 2 } as const;

/**
 * Decides who is told of an event: rules that match in one channel make one post with all their mentions; a channel
 * with a live card of the job is told by the card, whose end is a post too even where no rule asks for it.
 */
export function planJob({ guildId, job, event, rules, liveCardChannelIds, now }: PlanQuestion): Planned {
  const verdicts: Verdict[] = [];
  const posts = new Map<string, PlannedPost>();
  const endedAt = toEndedAt(job, event, now);
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
    dueAt: endedAt,
  });
  if (endsCard(event)) for (const id of liveCardChannelIds) posts.set(id, toBare(id, 'card'));
  for (const rule of rules) {
    const verdict = toVerdict(rule, job, event, liveCardChannelIds);
    verdicts.push(verdict);
    if (!verdict.matched || (verdict.via === 'card' && !endsCard(event))) continue;
    posts.set(rule.channelId, withRule(posts.get(rule.channelId) ?? toBare(rule.channelId, 'post'), rule, now));
  }
  return { verdicts, posts: [...posts.values()] };
}

/**
 * When it happened at the API, which may be long ago where API or bot were down; silence is noticed when it is told.
 */
function toEndedAt({ updatedAt }: Job, event: TellEvent, now: number): number {
  return event === 'lost-contact' ? now : Math.min(updatedAt ?? now, now);
}

function endsCard(event: TellEvent): boolean {
  return event !== 'started' && event !== 'lost-contact';
}

function toVerdict(rule: Rule, job: Job, event: TellEvent, cardChannelIds: readonly string[]): Verdict {
  const ruleNumber = rule.number;
  const match = matchRule(rule, job, toRuleEvent(event));
  if (!match.matched) {
    const { condition, wanted, was } = match.because;
    return { ruleNumber, matched: false, because: { condition, wanted, was: condition === 'events' ? event : was } };
  }
  const hasCard = event !== 'lost-contact' && cardChannelIds.includes(rule.channelId);
  return { ruleNumber, matched: true, channelId: rule.channelId, via: hasCard ? 'card' : 'post' };
}

/** Lost contact is told to those who want to hear of failures. */
function toRuleEvent(event: TellEvent): JobEvent {
  return event === 'lost-contact' || event === 'expired' ? 'failed' : event;
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
