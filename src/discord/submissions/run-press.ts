import type { EarlierPress } from '../../jobs/submissions/earlier-press.ts';
import type { PressOutcome } from '../../jobs/submissions/presses.ts';
import type { Place } from '../../jobs/submissions/submission.ts';
import { LEFT_OUT } from '../../jobs/wordless-job.ts';
import { UserError } from '../../shared/errors.ts';
import type { FollowedCard } from '../cards/channel-cards.ts';
import { toHeldError } from '../cards/held-job-error.ts';
import { withMarkedCard } from '../cards/marked-card.ts';
import type { Answer } from '../core/answer.ts';
import { encodeCustomId } from '../core/custom-id.ts';
import type { ControlCall } from '../core/handlers.ts';
import { toAllowanceText } from './allowance.ts';
import { answerFailure } from './press-blocked.ts';
import { toPressAnswer, toPressName } from './press-messages.ts';
import { withReceipt } from './receipts.ts';
import { type Spent, spend, type Wish } from './spending.ts';

/** A press as a control or a form asks for it. */
export interface PressWish
  extends Pick<ControlCall, 'id' | 'caller' | 'services' | 'showProgress' | 'editSource'>,
    Partial<Pick<ControlCall, 'source'>> {
  readonly ref: string;
  readonly labelHash: string;
  readonly prompt?: string | undefined;
  /** Base64 PNG. */
  readonly mask?: string | undefined;
  /** Set where the person was told of an earlier press; `actId` names it. */
  readonly confirms?: { readonly actId: string };
  /** The job's card in the channel; empty where the card is private. */
  readonly cardId: string;
}

/** Presses a button: permission, words, quota, press; then the new job's card, and the mark on the old one. */
export async function runPress(wish: PressWish): Promise<Answer> {
  const { services, caller } = wish;
  requirePressing(wish);
  const spent = await spend(toSpending(wish));
  const outcome = await attempt(wish, spent);
  if ('message' in outcome) return outcome;
  if (!isSpent(outcome)) await spent.giveBack();
  const card = await showMade(wish, outcome);
  const link = await linkTo(wish, outcome);
  const draftId = ASKS.has(outcome.outcome) ? await keepDraft(wish) : '';
  const options = {
    againId: (previous: EarlierPress | undefined) => toAgainId(wish, previous, draftId),
    before: toAllowanceText(spent.before),
    after: toAllowanceText(isSpent(outcome) ? spent.after : spent.before),
    ...(card !== undefined && { about: card.about }),
    link,
  };
  const told = {
    message: toPressAnswer(outcome, options),
    withoutWords: () => toPressAnswer(toWordless(outcome), options),
  };
  void services.channelCards.refresh(caller.guildId, toPlace(wish), wish.ref);
  const actId = toKeptId(outcome);
  const words = { what: toPressName(outcome.label), allowance: toAllowanceText(spent.after) };
  const answer = actId === undefined ? told : services.replies.keep(actId, wish.showProgress, told, words);
  return withMarkedCard(wish, wish.ref, withPressReceipt(wish, outcome, answer));
}

function toWordless(outcome: PressOutcome): PressOutcome {
  const label = LEFT_OUT;
  return outcome.outcome === 'refused' ? { ...outcome, label, reason: LEFT_OUT } : { ...outcome, label };
}

/** Permission, and that the job is not held for review. @throws UserError */
export function requirePressing({ services, caller, ref }: Pick<PressWish, 'services' | 'caller' | 'ref'>): void {
  services.permissions.requireAllowed('press', caller);
  if (!services.gate.isHiddenFrom(caller, ref)) return;
  throw toHeldError(services, caller.guildId, ref, 'Its buttons can be pressed');
}

async function attempt(wish: PressWish, spent: Spent): Promise<PressOutcome | Answer> {
  const { services, caller, ref, labelHash, prompt, mask, confirms } = wish;
  try {
    return await services.presses.press({
      ...{ ref, button: { labelHash }, guildId: caller.guildId, userId: caller.userId, wishId: wish.id },
      place: toPlace(wish),
      ...(prompt !== undefined && { prompt }),
      ...(mask !== undefined && { mask }),
      ...(confirms !== undefined && { isConfirmed: true }),
      ...(confirms !== undefined && confirms.actId !== '' && { confirms: confirms.actId }),
    });
  } catch (thrown) {
    if (thrown instanceof UserError) await spent.giveBack();
    return answerFailure(thrown, wish);
  }
}

/** Whether the press has spent something, or may have. */
function isSpent(outcome: PressOutcome): boolean {
  if (outcome.outcome === 'found' || outcome.outcome === 'may-be-running') return !outcome.isEarlier;
  return outcome.outcome === 'pressed' || outcome.outcome === 'queued';
}

/** With its card in the channel the requester has been told, whatever becomes of the answer. */
async function showMade(wish: PressWish, outcome: PressOutcome): Promise<FollowedCard | undefined> {
  if (outcome.outcome !== 'pressed' && outcome.outcome !== 'found') return undefined;
  const { guildId, userId } = wish.caller;
  const { channelCards, acting } = wish.services;
  const card = await channelCards.follow({ guildId, userId, job: outcome.job, place: toPlace(wish) });
  if (card.isShown && outcome.actId !== undefined) await acting.noteTold(outcome.actId);
  return card;
}

function withPressReceipt({ services }: PressWish, { outcome, actId }: PressOutcome, answer: Answer): Answer {
  if (actId === undefined) return answer;
  return withReceipt(services.acting, answer, { actId, isDoubt: outcome === 'may-be-running' });
}

function linkTo(wish: PressWish, outcome: PressOutcome): Promise<string | undefined> | undefined {
  const earlier = outcome.outcome === 'confirm-repeat' ? outcome.previous : outcome;
  const childRef = earlier !== undefined && 'childRef' in earlier ? earlier.childRef : undefined;
  const ref = 'job' in outcome ? outcome.job?.ref : childRef;
  return ref === undefined ? undefined : wish.services.cardPlaces.linkTo(wish.caller.guildId, ref);
}

/** The act that later news may be of. */
function toKeptId(outcome: PressOutcome): string | undefined {
  if (outcome.outcome === 'queued') return outcome.key;
  return outcome.outcome === 'pressed' ? outcome.actId : undefined;
}

const ASKS: ReadonlySet<PressOutcome['outcome']> = new Set(['confirm-repeat', 'may-be-running']);

/** What was filled in, for the press that the person may confirm. */
function keepDraft({ services, caller, ref, labelHash, prompt, mask }: PressWish): Promise<string> {
  const filledIn = { ...(prompt !== undefined && { prompt }), ...(mask !== undefined && { mask }) };
  return services.drafts.keep({ guildId: caller.guildId, ref, labelHash }, filledIn);
}

function toAgainId({ ref, labelHash, cardId }: PressWish, previous: EarlierPress | undefined, draftId: string): string {
  return encodeCustomId('press-again', ref, labelHash, previous?.id ?? '', draftId, cardId);
}

function toPlace({ caller, cardId }: PressWish): Place {
  return { channelId: caller.channelId, ...(cardId !== '' && { replyTo: cardId }) };
}

function toSpending({ id, caller, services, prompt, ref }: PressWish): Wish {
  return { id, caller, services, what: 'press', prompt, ref };
}
