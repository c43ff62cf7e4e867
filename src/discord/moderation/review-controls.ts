import { hasRequester, type Verdict } from '../../moderation/reviews/review.ts';
import { UserError } from '../../shared/errors.ts';
import { cutText } from '../../shared/text.ts';
import { showJob } from '../cards/show-job.ts';
import type { Answer } from '../core/answer.ts';
import type { Control, ControlCall, Form } from '../core/handlers.ts';
import { toVerdictForm, toVoteResult } from './review-votes.ts';

const NO_REVIEW = 'There is no review of this job in this server. `/job show` shows how it stands.';
const MAX_REASON = 500;

const approve: Control = {
  name: 'review-approve',
  answers: 'private',
  run: ({ caller, args: [ref = ''], services }) => vote({ caller, services }, ref, { verdict: 'approve' }),
};

const reject: Control = {
  name: 'review-reject',
  answers: 'modal',
  open: (call) => openForm(call, 'reject'),
};

const ask: Control = {
  name: 'review-ask',
  answers: 'modal',
  open: (call) => openForm(call, 'ask'),
};

/** Shows the job to whoever presses it, as far as they may see it. */
const openReviewed: Control = {
  name: 'review-open',
  answers: 'private',
  run: ({ caller, args: [ref = ''], services, showProgress }) => showJob(ref, { caller, services, showProgress }),
};

export const reviewControls: readonly Control[] = [approve, reject, ask, openReviewed];

const verdictForm: Form = {
  name: 'review-verdict',
  answers: 'private',
  async run({ caller, args: [kind = '', ref = ''], fields, services }) {
    const reason = cutText((fields['reason'] ?? '').trim(), MAX_REASON);
    if (reason === '') throw new UserError('reason-missing', 'Give a reason: it is kept with the review.');
    return vote({ caller, services }, ref, { verdict: kind === 'ask' ? 'ask' : 'reject', reason });
  },
};

export const reviewForms: readonly Form[] = [verdictForm];

/** From memory: a review that is decided opens no form. */
function openForm({ caller, args: [ref = ''], services }: ControlCall, verdict: 'reject' | 'ask') {
  services.permissions.requireAllowed('review', caller);
  const review = services.reviews.listOpen(caller.guildId).find((open) => open.ref === ref);
  if (review !== undefined) return toVerdictForm(verdict, ref, hasRequester(review));
  throw new UserError(
    'review-over',
    'This review is decided already, or is none of this server. `/job show` shows how it stands.',
  );
}

interface Voice {
  readonly verdict: Verdict;
  readonly reason?: string;
}

/** Counts a vote, shows it on the review's card, and says what it did. */
async function vote(
  { caller, services }: Pick<ControlCall, 'caller' | 'services'>,
  ref: string,
  voice: Voice,
): Promise<Answer> {
  services.permissions.requireAllowed('review', caller);
  const { guildId, userId } = caller;
  const result = await services.reviews.vote(guildId, ref, { by: userId, ...voice });
  if (result.outcome === 'not-found') throw new UserError('review-unknown', NO_REVIEW);
  if (result.outcome === 'counted') await services.reviewDesk.tryRefresh(guildId, ref);
  const review = await services.reviews.get(guildId, ref);
  return { message: toVoteResult(voice.verdict, result, review !== undefined && hasRequester(review)) };
}
