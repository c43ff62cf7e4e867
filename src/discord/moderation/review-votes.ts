import { type APIModalInteractionResponseCallbackData, ComponentType, TextInputStyle } from 'discord.js';
import type { ReviewDecision, Verdict } from '../../moderation/reviews/review.ts';
import type { VoteOutcome } from '../../moderation/reviews/reviews.ts';
import { ControlDefinition } from '../core/control.ts';
import { oneOf, required } from '../core/control-args.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { relativeTime } from '../ui/blocks.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { toPersonText } from './member-pages.ts';
import { VERDICT_LOOKS } from './review-card.ts';

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
  const isReject = verdict === 'reject';
  return {
    custom_id: verdictForm.toCustomId({ verdict, ref }),
    title: isReject ? 'Reject the result' : 'Ask for a variation',
    components: [
      {
        type: ComponentType.Label,
        label: isReject ? 'Why is it not shown?' : 'What should be different?',
        description: hasRequester
          ? 'Whoever started the job reads this.'
          : 'Kept with the review: the job was started outside Discord, so nobody is told.',
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

/** What a moderator is told of their vote. */
export function toVoteResult(
  verdict: Verdict,
  result: Exclude<VoteOutcome, { outcome: 'not-found' }>,
  hasRequester: boolean,
): OutgoingMessage {
  const { word } = VERDICT_LOOKS[verdict];
  if (result.outcome === 'already-decided') return toNoticeMessage(toDecidedText(result.decision), COLORS.warn);
  if (result.outcome === 'decided') return toNoticeMessage(toDecisionText(verdict, hasRequester), COLORS.good);
  const left = `${result.missing} more ${result.missing === 1 ? 'vote' : 'votes'} for it would decide.`;
  if (result.outcome === 'unchanged') return toNoticeMessage(`You voted to ${word} before. ${left}`, COLORS.quiet);
  const instead = result.previous === undefined ? '' : `, no longer to ${VERDICT_LOOKS[result.previous].word}`;
  return toNoticeMessage(`🗳️ Your vote counts: ${word}${instead}. ${left}`, COLORS.busy);
}

const DECIDED: Readonly<Record<Verdict, string>> = {
  approve: '✅ Your vote decided: the result is approved, and what was held back is told now.',
  reject: '⛔ Your vote decided: the result is rejected. Whoever started the job is told why.',
  ask: '🔁 Your vote decided: whoever started the job is asked for a variation. This result is not shown.',
};

function toDecisionText(verdict: Verdict, hasRequester: boolean): string {
  if (hasRequester || verdict === 'approve') return DECIDED[verdict];
  return `${VERDICT_LOOKS[verdict].sign} Your vote decided: this result is not shown. Nobody is told why: no member of this server started the job.`;
}

/** Says who decided before. */
function toDecidedText({ verdict, by, cause, at }: ReviewDecision): string {
  const who = cause === 'timeout' ? 'by the time that ran out' : `by ${by.map(toPersonText).join(', ')}`;
  return `This was decided before: ${VERDICT_LOOKS[verdict].word}, ${who}, ${relativeTime(at)}. Your vote came too late and changes nothing.`;
}
