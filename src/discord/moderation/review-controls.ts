import { hasRequester, type Verdict } from '../../moderation/reviews/review.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import { UserError } from '../../shared/errors.ts';
import { cutText } from '../../shared/text.ts';
import type { JobAnswers } from '../cards/job-answers.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl, onForm, onOpener } from '../core/control.ts';
import type { Control, Form } from '../core/handlers.ts';
import { approveResult, askForVariation, openReviewed, rejectResult } from './review-card.ts';
import type { ReviewPosts } from './review-posts.ts';
import { toVerdictForm, toVoteResult, verdictForm } from './review-votes.ts';
import { reviewWords } from './words.ts';

export interface ReviewNeeds {
  readonly reviews: Pick<Reviews, 'listOpen' | 'vote' | 'get'>;
  readonly reviewPosts: Pick<ReviewPosts, 'tryRefresh'>;
  readonly jobAnswers: Pick<JobAnswers, 'show'>;
}

const MAX_REASON = 500;

/** What is under the card of a review. */
export function reviewControls(needs: ReviewNeeds): Control[] {
  return [
    onControl(approveResult, ({ caller, args: { ref } }) => vote(needs, caller, ref, { verdict: 'approve' })),
    onOpener(rejectResult, ({ caller, args: { ref } }) => openForm(needs, caller, ref, 'reject')),
    onOpener(askForVariation, ({ caller, args: { ref } }) => openForm(needs, caller, ref, 'ask')),
    onControl(openReviewed, ({ caller, args: { ref }, showProgress }) =>
      needs.jobAnswers.show(ref, { caller, showProgress }),
    ),
  ];
}

/** The form in which a reviewer says why. */
export function reviewForms(needs: ReviewNeeds): Form[] {
  return [
    onForm(verdictForm, async ({ caller, args: { verdict, ref }, fields }) => {
      const reason = cutText((fields['reason'] ?? '').trim(), MAX_REASON);
      if (reason === '') throw new UserError('reason-missing', reviewWords.reasonMissing());
      return vote(needs, caller, ref, { verdict, reason });
    }),
  ];
}

/** From memory: a review that is decided opens no form. */
function openForm({ reviews }: ReviewNeeds, { guildId }: Caller, ref: string, verdict: 'reject' | 'ask') {
  const review = reviews.listOpen(guildId).find((open) => open.ref === ref);
  if (review !== undefined) return toVerdictForm(verdict, ref, hasRequester(review));
  throw new UserError('review-over', reviewWords.over());
}

interface Voice {
  readonly verdict: Verdict;
  readonly reason?: string;
}

/** Counts a vote, shows it on the review's card, and says what it did. */
async function vote(
  { reviews, reviewPosts }: ReviewNeeds,
  { guildId, userId }: Caller,
  ref: string,
  voice: Voice,
): Promise<Answer> {
  const result = await reviews.vote(guildId, ref, { by: userId, ...voice });
  if (result.outcome === 'not-found') throw new UserError('review-unknown', reviewWords.none());
  if (result.outcome === 'counted') await reviewPosts.tryRefresh(guildId, ref);
  const review = await reviews.get(guildId, ref);
  return { message: toVoteResult(voice.verdict, result, review !== undefined && hasRequester(review)) };
}
