import { isYounger } from '../../shared/clock.ts';
import { type PlannedPost, toNonce } from '../planning/plan.ts';
import type { Rule } from '../rules/rule.ts';
import type { BatchKind } from './channel-poster.ts';
import type { Batch, ChannelState, Member } from './channel-state.ts';

/** Milliseconds after which a post that is due is late, and joins a summary. */
const LATE_MS = 30 * 60_000;
/** Milliseconds for which a summary gathers what comes: after an outage of the API jobs are read a few at a time. */
const SUMMARY_WINDOW_MS = 15_000;
/** Milliseconds over which a rule's posts are counted for its digest. */
export const DIGEST_WINDOW_MS = 10 * 60_000;
/** Lines that fit one message. */
export const MAX_MEMBERS = 60;

/** The batch that a post already belongs to. */
export function findMembership(state: ChannelState, postKey: string): Batch | undefined {
  return state.batches.find((batch) => batch.members.some((member) => member.key === postKey));
}

/** How an event is to be posted, besides alone; the end of a live card is always posted alone. */
export function chooseBatch(post: PlannedPost, rules: readonly Rule[], state: ChannelState, now: number) {
  if (post.via === 'card') return undefined;
  if (now - post.dueAt > LATE_MS) return { kind: 'summary', closesAt: now + SUMMARY_WINDOW_MS } as const;
  const closesAt = toDigestEnd(rules, state, now);
  return closesAt === undefined ? undefined : ({ kind: 'digest', closesAt } as const);
}

/** When the window ends of rules that have all posted enough one by one; none while one of them may post. */
function toDigestEnd(rules: readonly Rule[], state: ChannelState, now: number): number | undefined {
  let end = rules.length === 0 ? undefined : Number.POSITIVE_INFINITY;
  for (const rule of rules) {
    const recent = recentSingles(state, rule.number, now).slice(-(rule.digest ?? 0));
    const [oldest] = recent;
    if (rule.digest === undefined || recent.length < rule.digest || oldest === undefined) return undefined;
    end = Math.min(end ?? 0, oldest + DIGEST_WINDOW_MS);
  }
  return end;
}

/** The state with the post as a member of the open batch of that kind, or of a new one. */
export function joinBatch(
  state: ChannelState,
  post: PlannedPost,
  { kind, closesAt }: { readonly kind: BatchKind; readonly closesAt: number },
  now: number,
): { readonly state: ChannelState; readonly batch: Batch } {
  const open = state.batches.find((batch) => batch.kind === kind && isOpen(batch, now));
  const { guildId, channelId } = post;
  const key = `${kind}:${guildId}:${channelId}:${toNonce(post.key)}`;
  const before: Batch = open ?? { key, kind, members: [], closesAt, isClosed: false };
  const batch = { ...before, members: [...before.members, toMember(post)] };
  const batches = open === undefined ? [...state.batches, batch] : state.batches.map((b) => (b === open ? batch : b));
  return { state: { ...state, batches }, batch };
}

function isOpen(batch: Batch, now: number): boolean {
  const isInTime = batch.kind === 'summary' || !isOver(batch, now);
  return !batch.isClosed && isInTime && batch.members.length < MAX_MEMBERS;
}

function toMember({ key, ref, event, ruleNumbers, mentionRoleIds }: PlannedPost): Member {
  return { key, ref, event, ruleNumbers, mentionRoleIds };
}

/**
 * The first batch that goes before anything new is posted, so that the channel's order is kept: a summary
 * gathers no longer then.
 */
export function findDue(state: ChannelState, now: number): Batch | undefined {
  return state.batches.find((batch) => batch.isClosed || batch.kind === 'summary' || isOver(batch, now));
}

/** A window that ends later than the longest could was opened before the clock was set back. */
function isOver({ closesAt }: Batch, now: number): boolean {
  return closesAt <= now || closesAt > now + DIGEST_WINDOW_MS;
}

/** The state with the batch frozen. */
export function closeBatch(state: ChannelState, key: string): ChannelState {
  const batches = state.batches.map((batch) => (batch.key === key ? { ...batch, isClosed: true } : batch));
  return { ...state, batches };
}

export function removeBatch(state: ChannelState, key: string): ChannelState {
  return { ...state, batches: state.batches.filter((batch) => batch.key !== key) };
}

/** The state with one more post made alone for each of these rules; none where no digest counts. */
export function countSingles(state: ChannelState, rules: readonly Rule[], now: number): ChannelState | undefined {
  const counted = rules.filter((rule) => rule.digest !== undefined);
  if (counted.length === 0) return undefined;
  const singles = { ...state.singles };
  for (const { number, digest = 0 } of counted) {
    singles[String(number)] = [...recentSingles(state, number, now), now].slice(-digest);
  }
  return { ...state, singles };
}

function recentSingles(state: ChannelState, ruleNumber: number, now: number): readonly number[] {
  return (state.singles[String(ruleNumber)] ?? []).filter((at) => isYounger(at, DIGEST_WINDOW_MS, now));
}
