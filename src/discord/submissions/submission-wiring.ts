import { toJobRef } from '../../jobs/job-ref.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { ModeratedJobs } from '../../jobs/submissions/moderated-jobs.ts';
import type { Submissions } from '../../jobs/submissions/submissions.ts';
import type { CardPlaces } from '../../notifications/live-cards/card-places.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ChannelCards } from '../cards/channel-cards.ts';
import type { PrivateCards } from '../cards/private-cards.ts';
import type { DiscordChannelPoster } from '../core/discord-channel-poster.ts';
import type { SubmissionOutcomes } from './submission-outcomes.ts';

interface Actors {
  readonly submissions: Pick<Submissions, 'line' | 'onOutcome' | 'runner'>;
  readonly moderated: Pick<ModeratedJobs, 'onModerated'>;
}

/** Requesters hear what becomes of what they asked for, after the interaction in which they asked. */
export function connectSubmissions({ submissions, moderated }: Actors, outcomes: SubmissionOutcomes): void {
  submissions.line.onAnyProgress((progress) => outcomes.onProgress(progress));
  submissions.onOutcome((submission, result) => outcomes.notifyOfOutcome(submission, result));
  submissions.runner.onBatchmate((submission, job) => outcomes.showBatchmate(submission, job));
  moderated.onModerated((submission, job) => outcomes.notifyOfModeration(submission, job));
}

export interface CardLinksNeeds {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly cardPlaces: Pick<CardPlaces, 'note'>;
  readonly channelCards: Pick<ChannelCards, 'refresh'>;
  readonly privateCards: Pick<PrivateCards, 'refresh'>;
}

/** A card that is there is linked from the one whose button made its job; it stays posted where that fails. */
export function connectCards(
  poster: Pick<DiscordChannelPoster, 'onCardPosted'>,
  { jobs, cardPlaces, channelCards, privateCards }: CardLinksNeeds,
  logger: Logger,
): void {
  const attempt = async (ref: string, what: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (thrown) {
      logger.warn({ ref, error: toErrorMessage(thrown) }, what);
    }
  };
  poster.onCardPosted(async ({ guildId, job, replyTo, ...place }) => {
    const { ref } = job;
    await attempt(ref, 'Where a card is was not noted.', () => cardPlaces.note(guildId, ref, place));
    await attempt(ref, 'A card was not linked from the one that it came from.', async () => {
      // What was posted may hide all of the job but that it is there.
      const parentJobid = job.parentJobid ?? (await jobs.get(ref))?.parentJobid;
      if (parentJobid === undefined) return;
      const parentRef = toJobRef(parentJobid);
      void privateCards.refresh(parentRef);
      if (replyTo === undefined) return;
      await channelCards.refresh(guildId, { channelId: place.channelId, replyTo }, parentRef);
    });
  });
}
