import type { EarlierPress } from '../../jobs/submissions/earlier-press.ts';
import type { PressDrafts } from '../../jobs/submissions/press-drafts.ts';
import type { Presses, PressOutcome } from '../../jobs/submissions/presses.ts';
import type { Place } from '../../jobs/submissions/submission.ts';
import type { Submissions } from '../../jobs/submissions/submissions.ts';
import { LEFT_OUT } from '../../jobs/wordless-job.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import type { CardPlaces } from '../../notifications/live-cards/card-places.ts';
import { UserError } from '../../shared/errors.ts';
import type { ChannelCards, FollowedCard } from '../cards/channel-cards.ts';
import { toHeldError } from '../cards/held-job-error.ts';
import { type MarkedCardNeeds, withMarkedCard } from '../cards/marked-card.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import { cardWords } from '../cards/words.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import type { ControlCall } from '../core/handlers.ts';
import type { KeptReplies } from '../core/kept-replies.ts';
import { toAllowanceText } from './allowance.ts';
import { answerFailure, type FailureNeeds } from './press-blocked.ts';
import { type PressAgain, toPressAnswer, toPressName } from './press-messages.ts';
import { withReceipt } from './receipts.ts';
import { type SpendingNeeds, type Spent, spend } from './spending.ts';

export interface PublishedNeeds {
  readonly gate: Pick<ReviewGate, 'isHiddenFrom'>;
  readonly reviews: Pick<Reviews, 'isOpen'>;
}

export interface PressNeeds extends SpendingNeeds, FailureNeeds, MarkedCardNeeds, PublishedNeeds {
  readonly presses: Pick<Presses, 'press'>;
  readonly submissions: Pick<Submissions, 'noteReported'>;
  readonly drafts: Pick<PressDrafts, 'keep'>;
  readonly replies: Pick<KeptReplies, 'keep'>;
  readonly cardPlaces: Pick<CardPlaces, 'linkTo'>;
  readonly channelCards: Pick<ChannelCards, 'follow' | 'refresh'>;
}

/** A press as a control or a form asks for it. */
export interface PressCall
  extends Pick<ControlCall, 'id' | 'caller' | 'showProgress' | 'editSource'>,
    Partial<Pick<ControlCall, 'source'>> {
  readonly ref: string;
  readonly labelHash: string;
  readonly prompt?: string | undefined;
  /** Base64 PNG. */
  readonly mask?: string | undefined;
  /** Set where the person was shown an earlier press; `submissionId` names it. */
  readonly confirms?: { readonly submissionId: string | undefined };
  /** The job's card in the channel; undefined where the card is private. */
  readonly cardId: string | undefined;
}

/** Presses a button: words, quota, press; then the new job's card, and the mark on the old one. */
export async function runPress(needs: PressNeeds, call: PressCall): Promise<Answer> {
  const { id, caller, ref, prompt } = call;
  requirePublished(needs, caller, ref);
  const spent = await spend(needs, { id, caller, what: 'press', prompt, ref });
  const outcome = await attempt(needs, call, spent);
  if ('message' in outcome) return outcome;
  if (!isSpent(outcome)) await spent.giveBack();
  const card = await showMade(needs, call, outcome);
  const link = await linkTo(needs, caller, outcome);
  const draftId = ASKS.has(outcome.outcome) ? await keepDraft(needs, call) : undefined;
  const options = {
    toAgain: (previous: EarlierPress | undefined) => toAgain(call, previous, draftId),
    before: toAllowanceText(spent.before),
    after: toAllowanceText(isSpent(outcome) ? spent.after : spent.before),
    ...(card !== undefined && { about: card.about }),
    link,
  };
  const full = {
    message: toPressAnswer(outcome, options),
    withoutWords: () => toPressAnswer(toWordless(outcome), options),
  };
  void needs.channelCards.refresh(caller.guildId, toPlace(call), ref);
  const submissionId = toKeptId(outcome);
  const words = { what: toPressName(outcome.label), allowance: toAllowanceText(spent.after) };
  const answer = submissionId === undefined ? full : needs.replies.keep(submissionId, call.showProgress, full, words);
  return withMarkedCard(needs, call, ref, withPressReceipt(needs, outcome, answer));
}

function toWordless(outcome: PressOutcome): PressOutcome {
  const label = LEFT_OUT;
  return outcome.outcome === 'refused' ? { ...outcome, label, reason: LEFT_OUT } : { ...outcome, label };
}

/** A job that is held for review is not pressed. @throws UserError */
export function requirePublished({ gate, reviews }: PublishedNeeds, caller: Caller, ref: string): void {
  if (!gate.isHiddenFrom(caller, ref)) return;
  throw toHeldError(reviews, caller.guildId, ref, cardWords.heldPress);
}

async function attempt(needs: PressNeeds, call: PressCall, spent: Spent): Promise<PressOutcome | Answer> {
  const { id, caller, ref, labelHash, prompt, mask, confirms } = call;
  try {
    return await needs.presses.press({
      ref,
      button: { labelHash },
      guildId: caller.guildId,
      userId: caller.userId,
      requestId: id,
      place: toPlace(call),
      ...(prompt !== undefined && { prompt }),
      ...(mask !== undefined && { mask }),
      ...(confirms !== undefined && { isConfirmed: true }),
      ...(confirms?.submissionId !== undefined && { confirms: confirms.submissionId }),
    });
  } catch (thrown) {
    if (thrown instanceof UserError) await spent.giveBack();
    return answerFailure(needs, thrown, caller);
  }
}

/** Whether the press has spent something, or may have. */
function isSpent(outcome: PressOutcome): boolean {
  if (outcome.outcome === 'found' || outcome.outcome === 'may-be-running') return !outcome.isEarlier;
  return outcome.outcome === 'pressed' || outcome.outcome === 'queued';
}

/** With its card in the channel the outcome has been reported, whatever becomes of the answer. */
async function showMade(needs: PressNeeds, call: PressCall, outcome: PressOutcome): Promise<FollowedCard | undefined> {
  if (outcome.outcome !== 'pressed' && outcome.outcome !== 'found') return undefined;
  const { guildId, userId } = call.caller;
  const card = await needs.channelCards.follow({ guildId, userId, job: outcome.job, place: toPlace(call) });
  if (card.isShown && outcome.submissionId !== undefined) await needs.submissions.noteReported(outcome.submissionId);
  return card;
}

function withPressReceipt(
  { submissions }: PressNeeds,
  { outcome, submissionId }: PressOutcome,
  answer: Answer,
): Answer {
  if (submissionId === undefined) return answer;
  return withReceipt(submissions, answer, { submissionId, isDoubt: outcome === 'may-be-running' });
}

async function linkTo({ cardPlaces }: PressNeeds, { guildId }: Caller, outcome: PressOutcome) {
  const earlier = outcome.outcome === 'confirm-repeat' ? outcome.previous : outcome;
  const childRef = earlier !== undefined && 'childRef' in earlier ? earlier.childRef : undefined;
  const ref = 'job' in outcome ? outcome.job?.ref : childRef;
  return ref === undefined ? undefined : cardPlaces.linkTo(guildId, ref);
}

/** The submission that later reports may be of. */
function toKeptId(outcome: PressOutcome): string | undefined {
  if (outcome.outcome === 'queued') return outcome.key;
  return outcome.outcome === 'pressed' ? outcome.submissionId : undefined;
}

const ASKS: ReadonlySet<PressOutcome['outcome']> = new Set(['confirm-repeat', 'may-be-running']);

/** What was filled in, for the press that the person may confirm. */
function keepDraft({ drafts }: PressNeeds, { caller, ref, labelHash, prompt, mask }: PressCall): Promise<string> {
  const filledIn = { ...(prompt !== undefined && { prompt }), ...(mask !== undefined && { mask }) };
  return drafts.keep({ guildId: caller.guildId, ref, labelHash }, filledIn);
}

function toAgain(
  { ref, labelHash, cardId }: PressCall,
  previous: EarlierPress | undefined,
  draftId?: string,
): PressAgain {
  return { ref, labelHash, submissionId: previous?.id, draftId, cardId };
}

function toPlace({ caller, cardId }: PressCall): Place {
  return { channelId: caller.channelId, ...(cardId !== undefined && { replyTo: cardId }) };
}
