import { z } from 'zod';

/** `ask`: the requester is asked for a variation; the result stays held, as with `reject`. */
export const Verdict = z.enum(['approve', 'reject', 'ask']);
export type Verdict = z.infer<typeof Verdict>;

const Vote = z.object({
  /** The moderator. */
  by: z.string(),
  verdict: Verdict,
  reason: z.string().exactOptional(),
  /** Epoch milliseconds. */
  at: z.number(),
});
export type Vote = z.infer<typeof Vote>;

const ReviewDecision = z.object({
  verdict: Verdict,
  /** The moderators who voted for it, first to last; none when time ran out. */
  by: z.array(z.string()),
  /** What they gave as reasons. */
  reasons: z.array(z.string()),
  cause: z.enum(['votes', 'timeout']),
  /** Epoch milliseconds. */
  at: z.number(),
});
export type ReviewDecision = z.infer<typeof ReviewDecision>;

/** A finished job that a server holds back until its moderators have decided. */
export const Review = z.object({
  guildId: z.string(),
  /** The job's. */
  ref: z.string(),
  /** `mode`: the server reviews every job; `word`: its prompt holds a listed word. */
  why: z.enum(['mode', 'word']),
  /** The listed word. */
  word: z.string().exactOptional(),
  /** The member who started the job. */
  requestedBy: z.string().exactOptional(),
  /** Epoch milliseconds. */
  openedAt: z.number(),
  /** Milliseconds from opening to `onTimeout`, and from one reminder to the next; none: it waits for ever. */
  timeoutMs: z.number().exactOptional(),
  onTimeout: z.enum(['publish', 'drop', 'remind']),
  /** One per moderator, in the order of their first votes. */
  votes: z.array(Vote),
  decision: ReviewDecision.exactOptional(),
  /** Its message in the review channel. */
  card: z.object({ channelId: z.string(), messageId: z.string() }).exactOptional(),
});
export type Review = z.infer<typeof Review>;

/**
 * Whether there is a member to notify of what came of it: jobs from outside Discord have none, and a deleted name is
 * nobody.
 */
export function hasRequester({ requestedBy }: Pick<Review, 'requestedBy'>): boolean {
  return requestedBy !== undefined && /^\d+$/.test(requestedBy);
}

export type VoteResult<R extends Review = Review> =
  /** `missing`: how many more votes for this verdict would decide; `previous`: what the moderator had voted before. */
  | { readonly outcome: 'counted'; readonly review: R; readonly missing: number; readonly previous?: Verdict }
  /** The moderator had voted the same before. */
  | { readonly outcome: 'unchanged'; readonly review: R; readonly missing: number }
  /** This vote decided. */
  | { readonly outcome: 'decided'; readonly review: R; readonly decision: ReviewDecision }
  /** The vote came too late and does not count. */
  | { readonly outcome: 'already-decided'; readonly review: R; readonly decision: ReviewDecision };

/** Counts a vote: one per moderator, changeable until the first verdict has `quorum` votes. */
export function castVote<R extends Review>(review: R, vote: Vote, quorum: number): VoteResult<R> {
  if (review.decision !== undefined) return { outcome: 'already-decided', review, decision: review.decision };
  const previous = review.votes.find(({ by }) => by === vote.by);
  const isSame = previous?.verdict === vote.verdict && previous.reason === vote.reason;
  const votes =
    previous === undefined ? [...review.votes, vote] : review.votes.map((old) => (old === previous ? vote : old));
  const voted = { ...review, votes: isSame ? review.votes : votes };
  const forIt = voted.votes.filter(({ verdict }) => verdict === vote.verdict);
  const missing = quorum - forIt.length;
  if (missing <= 0) {
    const decision = toDecision(forIt, vote);
    return { outcome: 'decided', review: { ...voted, decision }, decision };
  }
  if (isSame) return { outcome: 'unchanged', review, missing };
  return { outcome: 'counted', review: voted, missing, ...(previous !== undefined && { previous: previous.verdict }) };
}

export type TimeoutResult<R extends Review = Review> =
  | { readonly outcome: 'decided'; readonly review: R; readonly decision: ReviewDecision }
  /** `number` counts from 1. */
  | { readonly outcome: 'remind'; readonly number: number }
  /** It is decided, or its time has not run out. */
  | { readonly outcome: 'none' };

/** What becomes of a review at a time. */
export function timeOut<R extends Review>(review: R, at: number): TimeoutResult<R> {
  const { decision: known, timeoutMs, openedAt, onTimeout } = review;
  if (known !== undefined || timeoutMs === undefined || at < openedAt + timeoutMs) return { outcome: 'none' };
  if (onTimeout === 'remind') return { outcome: 'remind', number: Math.floor((at - openedAt) / timeoutMs) };
  const verdict = onTimeout === 'publish' ? 'approve' : 'reject';
  const decision: ReviewDecision = { verdict, by: [], reasons: [], cause: 'timeout', at };
  return { outcome: 'decided', review: { ...review, decision }, decision };
}

/** Whether the result may be shown to nobody but reviewers: until it is approved, and for ever when it is not. */
export function isHeld(review: Review): boolean {
  return review.decision?.verdict !== 'approve';
}

/** The review without a member's vote, if it can still be changed; a decided one keeps its votes. */
export function withoutOpenVote<R extends Review>(review: R, memberId: string): R {
  if (review.decision !== undefined) return review;
  return { ...review, votes: review.votes.filter(({ by }) => by !== memberId) };
}

function toDecision(forIt: readonly Vote[], { verdict, at }: Vote): ReviewDecision {
  const reasons = forIt.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  return { verdict, by: forIt.map(({ by }) => by), reasons, cause: 'votes', at };
}
