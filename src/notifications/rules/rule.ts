import { z } from 'zod';
import { JobEvent } from '../../jobs/job-events.ts';
import { QuietHours } from './quiet-hours.ts';

/** Why Discord takes no posts in a channel. */
const Suspension = z.object({
  /** A sentence part for people. */
  reason: z.string(),
  /** Discord's error code. */
  code: z.number().int(),
  at: z.number(),
});

/** What a server wants to be notified of, where and how. Times are epoch milliseconds. */
export const Rule = z.object({
  /** Counts from 1 in its server, and is never used again. */
  number: z.number().int().positive(),
  guildId: z.string(),
  channelId: z.string(),
  events: z.array(JobEvent).min(1),
  /** As the API spells it; compared without regard to case. */
  verb: z.string().optional(),
  type: z.enum(['image', 'video']).optional(),
  apiChannel: z.string().optional(),
  /** The key of an account. */
  account: z.string().optional(),
  /** Words that must all occur in the prompt. */
  promptWords: z.array(z.string()).optional(),
  mentionRoleId: z.string().optional(),
  media: z.enum(['full', 'spoiler', 'none']),
  /** When posts are made without a sound. */
  quiet: QuietHours.optional(),
  /** More posts than this in ten minutes become one. */
  digest: z.number().int().positive().optional(),
  createdBy: z.string(),
  createdAt: z.number(),
  /**
   * The change of the server's rules, counted from 1, that made it as it is; none if no person changed it since 0.2.
   */
  revision: z.number().optional(),
  /** Set while a person keeps the rule from posting anything. */
  paused: z
    .object({
      /** Who paused it; none: the bot had left the server. */
      by: z.string().exactOptional(),
      at: z.number(),
    })
    .optional(),
  /** Set while Discord refuses the channel; goes away by itself. */
  suspended: Suspension.optional(),
  /** Set while posts wait there because of a refusal that may pass; goes away by itself. */
  delayed: Suspension.optional(),
});
export type Rule = z.infer<typeof Rule>;
