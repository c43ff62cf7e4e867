import { type APIModalInteractionResponseCallbackData, ComponentType, TextInputStyle } from 'discord.js';
import type { ReviewDecision, Verdict } from '../../moderation/reviews/review.ts';
import type { VoteOutcome } from '../../moderation/reviews/reviews.ts';
import { ControlDefinition } from '../core/control.ts';
import { oneOf, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toPersonText } from './member-pages.ts';
import { VERDICT_LOOKS } from './review-card.ts';
import { reviewWords } from './words.ts';

const MAX_REASON = 500;

/** What the form that asks why is sent in as. */
export const verdictForm = new ControlDefinition({
  name: 'review-verdict',
  args: { verdict: oneOf('reject', 'ask'), ref: required },
  requires: 'review',
  acknowledges: 'private',
});

/** The form that asks why. */
export function toVerdictForm(
  verdict: 'reject' | 'ask',
  ref: string,
  hasRequester: boolean,
): APIModalInteractionResponseCallbackData {
  const { title, label } = reviewWords.forms[verdict];
  return {
    custom_id: verdictForm.toCustomId({ verdict, ref }),
    title,
    components: [
      {
        type: ComponentType.Label,
        label,
        description: hasRequester ? reviewWords.requesterReads() : reviewWords.nobodyReads(),
        component: {
          type: ComponentType.TextInput,
          custom_id: 'reason',
          style: TextInputStyle.Paragraph,
          required: true,
          min_length: 1,
          max_length: MAX_REASON,
        },
      },
    ],
  };
}

/** What a moderator is shown of their vote. */
export function toVoteResult(
  verdict: Verdict,
  result: Exclude<VoteOutcome, { outcome: 'not-found' }>,
  hasRequester: boolean,
): OutgoingMessage {
  const { word } = VERDICT_LOOKS[verdict];
  if (result.outcome === 'already-decided') return toNoticeMessage(toDecidedText(result.decision), COLORS.warn);
  if (result.outcome === 'decided') return toNoticeMessage(toDecisionText(verdict, hasRequester), COLORS.good);
  const left = reviewWords.votesLeft(result.missing);
  if (result.outcome === 'unchanged') return toNoticeMessage(reviewWords.votedBefore(word, left), COLORS.quiet);
  const previous = result.previous === undefined ? undefined : VERDICT_LOOKS[result.previous].word;
  return toNoticeMessage(reviewWords.counted(word, previous, left), COLORS.busy);
}

function toDecisionText(verdict: Verdict, hasRequester: boolean): string {
  if (hasRequester || verdict === 'approve') return reviewWords.youDecided(verdict);
  return reviewWords.youDecidedOutside(VERDICT_LOOKS[verdict].sign);
}

/** Says who decided before. */
function toDecidedText({ verdict, by, cause, at }: ReviewDecision): string {
  const people = cause === 'timeout' ? undefined : by.map(toPersonText);
  return reviewWords.decidedBefore(VERDICT_LOOKS[verdict].word, people, at);
}
