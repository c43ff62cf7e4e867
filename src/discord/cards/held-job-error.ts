import type { Reviews } from '../../moderation/reviews/reviews.ts';
import { UserError } from '../../shared/errors.ts';

/** Why nothing can be done with a job that is held; `later` says what can be done when it is published. */
export function toHeldError(reviews: Pick<Reviews, 'isOpen'>, guildId: string, ref: string, later: string): UserError {
  if (reviews.isOpen(guildId, ref)) {
    return new UserError('job-held', `\`${ref}\` awaits review. ${later} when it is published.`);
  }
  const next = 'It stays hidden and its buttons stay locked: send `/imagine` with a changed prompt for another one.';
  return new UserError('job-refused', `The review of \`${ref}\` did not approve its result. ${next}`);
}
