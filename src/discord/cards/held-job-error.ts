import type { Reviews } from '../../moderation/reviews/reviews.ts';
import { UserError } from '../../shared/errors.ts';
import { cardWords } from './words.ts';

/** Why nothing can be done with a job that is held; `later` says what can be done when it is published. */
export function toHeldError(reviews: Pick<Reviews, 'isOpen'>, guildId: string, ref: string, later: string): UserError {
  if (reviews.isOpen(guildId, ref)) return new UserError('job-held', cardWords.awaitsReview(ref, later));
  return new UserError('job-refused', cardWords.notApproved(ref));
}
