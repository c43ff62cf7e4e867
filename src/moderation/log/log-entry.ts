import { createHash } from 'node:crypto';
import { z } from 'zod';

export type Json = z.core.util.JSONType;
/** As `z.json()`, which takes a millisecond for the hundred entries that are checked with each one that is added. */
export const Json = z.custom<Json>(isJson, 'expected JSON');

/** What the log's entries are about; any other string may be logged as well. */
export const LOG_ACTION = {
  press: 'press',
  submit: 'submit',
  cancel: 'cancel',
  /** A vote that decided nothing yet. */
  reviewVote: 'review-vote',
  /** The vote, or the time-out (without `actorId`), that decided a review. */
  reviewDecision: 'review-decision',
  permissionChange: 'permission-change',
  settingChange: 'setting-change',
  undo: 'undo',
  ruleChange: 'rule-change',
  /** A server's own account was brought, replaced, renewed or removed. */
  accountChange: 'account-change',
  refusal: 'refusal',
  privacy: 'privacy',
} as const;

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'object' && Object.values(value).every(isJson);
}

/** What is to be logged. */
export const LogDraft = z.object({
  /** Idempotency key, unique per server: what has been logged under it is not logged again. Only its hash is kept. */
  id: z.string().min(1),
  /** Epoch milliseconds. */
  at: z.number(),
  guildId: z.string(),
  /** The member who did it; none: the bot itself. */
  actorId: z.string().exactOptional(),
  /** One of `LOG_ACTION`, or any other short word. */
  action: z.string().min(1).max(40),
  /** The job that it is about. */
  ref: z.string().exactOptional(),
  /** The member that it was done to. */
  targetId: z.string().exactOptional(),
  details: z.record(z.string(), Json),
  before: Json.exactOptional(),
  after: Json.exactOptional(),
});
export type LogDraft = z.infer<typeof LogDraft>;

/** A line of a server's log; numbers start at 1, have no gaps when given, and never change. */
export const LogEntry = LogDraft.extend({ number: z.int().positive() });
export type LogEntry = z.infer<typeof LogEntry>;

/** An entry as it is read. */
export interface ReadEntry extends LogEntry {
  /** The job that came of it, where that became known after the entry had been written. */
  readonly madeRef?: string;
}

/** What the log keeps of an idempotency key: nobody can read from it what the key was made of. */
export function toIdHash(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22);
}

/** The value with a member's id replaced in every text that names it. */
export function replaceMember<T>(value: T, { memberId, pseudonym, schema }: MemberReplacement<T>): T {
  const name = toIdPattern(memberId);
  const replaced: unknown = JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
    typeof part === 'string' ? part.replace(name, () => pseudonym) : part,
  );
  return schema.parse(replaced);
}

export interface MemberReplacement<T> {
  readonly memberId: string;
  readonly pseudonym: string;
  readonly schema: z.ZodType<T>;
}

/** Whether any text in the value names this member. */
export function namesMember(value: unknown, memberId: string): boolean {
  return toIdPattern(memberId).test(JSON.stringify(value));
}

function toIdPattern(memberId: string): RegExp {
  const literal = memberId.replace(/[^\w]/g, (sign) => `\\${sign}`);
  return new RegExp(`(?<!\\w)${literal}(?!\\w)`, 'g');
}
