import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Job } from '../../jobs/job.ts';
import { NotificationEvent } from '../notification-events.ts';

/** How long everything about notifications is kept: longer than any job can be read. */
export const NOTIFICATION_TTL_MS = 62 * 24 * 60 * 60 * 1000;

/** `card`: a live card in that channel shows it, and the reply to the card is the post. */
const Via = z.enum(['post', 'card']);

/** What one rule said to an event. `because` is the first condition that did not hold. */
export const Verdict = z.object({
  ruleNumber: z.number(),
  matched: z.boolean(),
  because: z.object({ condition: z.string(), wanted: z.string(), was: z.string() }).exactOptional(),
  channelId: z.string().exactOptional(),
  via: Via.exactOptional(),
});
export type Verdict = z.infer<typeof Verdict>;

/** One message to be posted: all rules that want the event in one channel. */
export const PlannedPost = z.object({
  /** Names the post for ever: at most one message carries it. */
  key: z.string(),
  guildId: z.string(),
  ref: z.string(),
  event: NotificationEvent,
  channelId: z.string(),
  ruleNumbers: z.array(z.number()),
  mentionRoleIds: z.array(z.string()),
  mentionUserIds: z.array(z.string()),
  media: z.enum(['full', 'spoiler', 'none']),
  via: Via,
  /** The message that the post answers. */
  replyTo: z.string().exactOptional(),
  /** Leads to the live card whose end it is. */
  cardLink: z.string().exactOptional(),
  /** Epoch milliseconds from which on it counts as late. */
  dueAt: z.number(),
});
export type PlannedPost = z.infer<typeof PlannedPost>;

/** What was decided when an event of a job was first met in a server; never decided again. */
export const Plan = z.object({
  guildId: z.string(),
  ref: z.string(),
  event: NotificationEvent,
  seenAt: z.number(),
  /** As it was, because it is planned before the job is stored. */
  job: Job,
  verdicts: z.array(Verdict),
  posts: z.array(PlannedPost),
  /** What became of the posts of a job that moderators hold back; none where nobody held it. */
  review: z.enum(['held', 'released', 'dropped']).exactOptional(),
});
export type Plan = z.infer<typeof Plan>;

/** What names an event of a job in a server. */
export interface PlanId {
  readonly guildId: string;
  readonly ref: string;
  readonly event: NotificationEvent;
}

interface Watched {
  readonly guildId: string;
  readonly channelId: string;
  readonly ref: string;
}

export function toPlanKey({ guildId, ref, event }: PlanId): string {
  return `${guildId}:${ref}:${event}`;
}

export function toPostKey(plan: PlanId, channelId: string): string {
  return `${toPlanKey(plan)}:${channelId}`;
}

/** The post that answers a live card where no rule wants one. */
export function toBarePost({ guildId, channelId, ref }: Watched, event: NotificationEvent, dueAt: number): PlannedPost {
  return {
    key: toPostKey({ guildId, ref, event }, channelId),
    guildId,
    ref,
    event,
    channelId,
    ruleNumbers: [],
    mentionRoleIds: [],
    mentionUserIds: [],
    media: 'none',
    via: 'card',
    dueAt,
  };
}

/** 25 characters that stand for a key: what Discord takes as a nonce. */
export function toNonce(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 25);
}

/** What a post carries in a control's id, so that it can be found again among the channel's messages. */
export function toDeliveryId(key: string): string {
  return toNonce(key).slice(0, 16);
}
