import { toJobRef } from '../../jobs/job-ref.ts';
import type { JobStore } from '../../jobs/job-store.ts';
import type { Acting } from '../../jobs/submissions/create-submissions.ts';
import type { ModeratedJobs } from '../../jobs/submissions/moderated-jobs.ts';
import type { CardPlaces } from '../../notifications/live-cards/card-places.ts';
import { toErrorMessage } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import type { ChannelCards } from '../cards/channel-cards.ts';
import type { PrivateCards } from '../cards/private-cards.ts';
import type { DiscordChannelPoster } from '../core/discord-channel-poster.ts';
import type { ActNews } from './submission-outcomes.ts';

interface Actors {
  readonly acting: Pick<Acting, 'line' | 'onOutcome'>;
  readonly moderated: Pick<ModeratedJobs, 'onModerated'>;
}

/** Requesters hear what becomes of what they asked for, after the interaction in which they asked. */
export function connectActs({ acting, moderated }: Actors, news: ActNews): void {
  acting.line.onAnyProgress((progress) => news.onProgress(progress));
  acting.onOutcome((act, result) => news.tellOutcome(act, result));
  moderated.onModerated((act, job) => news.tellModerated(act, job));
}

export interface CardLinksNeeds {
  readonly jobs: Pick<JobStore, 'get'>;
  readonly cardPlaces: Pick<CardPlaces, 'note'>;
  readonly channelCards: Pick<ChannelCards, 'refresh'>;
  readonly privateCards: Pick<PrivateCards, 'refresh'>;
}

/** A card that is there is linked from the one whose button made its job. */
export function connectCards(
  poster: DiscordChannelPoster,
  { jobs, cardPlaces, channelCards, privateCards }: CardLinksNeeds,
  logger: Logger,
): void {
  poster.onCardPosted(async ({ guildId, job, replyTo, ...place }) => {
    try {
      await cardPlaces.note(guildId, job.ref, place);
    } catch (thrown) {
      logger.warn({ ref: job.ref, error: toErrorMessage(thrown) }, 'Where a card is was not noted.');
    }
    // What was posted may hide all of the job but that it is there.
    const parentJobid = job.parentJobid ?? (await jobs.get(job.ref))?.parentJobid;
    if (parentJobid === undefined) return;
    const parentRef = toJobRef(parentJobid);
    void privateCards.refresh(parentRef);
    if (replyTo === undefined) return;
    await channelCards.refresh(guildId, { channelId: place.channelId, replyTo }, parentRef);
  });
}
