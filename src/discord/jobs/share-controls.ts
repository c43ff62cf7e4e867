import type { JobActions } from '../../jobs/job-actions.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import { shareJob } from '../cards/card-controls.ts';
import type { ChannelCards } from '../cards/channel-cards.ts';
import { toHeldError } from '../cards/held-job-error.ts';
import { cardWords } from '../cards/words.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { requireChannelAccess } from '../core/channel-checks.ts';
import { onControl } from '../core/control.ts';
import type { ChannelDirectory } from '../core/guild-directory.ts';
import type { Control } from '../core/handlers.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { jobWords } from './words.ts';

export interface ShareNeeds {
  readonly actions: Pick<JobActions, 'show'>;
  readonly directory: ChannelDirectory;
  readonly channelCards: Pick<ChannelCards, 'share' | 'isHeld'>;
  readonly reviews: Pick<Reviews, 'isOpen'>;
}

export function shareControls(needs: ShareNeeds): readonly Control[] {
  return [onControl(shareJob, ({ id, caller, args: { ref } }) => share(needs, { id, caller, ref }))];
}

interface ShareCall {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly ref: string;
}

async function share(needs: ShareNeeds, { id, caller, ref }: ShareCall): Promise<Answer> {
  const { actions, directory, channelCards } = needs;
  const { guildId, channelId } = caller;
  requireChannelAccess(directory, guildId, channelId);
  requirePublished(needs, guildId, ref);
  const { job } = await actions.show(ref, guildId);
  // What is read may have ended now, and be held since.
  requirePublished(needs, guildId, job.ref);
  const link = await channelCards.share({ guildId, channelId, job, userId: caller.userId, nonce: id });
  return { message: toNoticeMessage(jobWords.shared(job.ref, link)) };
}

/** A reviewer sees what is held, and still cannot show it to everybody. */
function requirePublished({ channelCards, reviews }: ShareNeeds, guildId: string, ref: string): void {
  if (!channelCards.isHeld(guildId, ref)) return;
  throw toHeldError(reviews, guildId, ref, cardWords.heldShare);
}
