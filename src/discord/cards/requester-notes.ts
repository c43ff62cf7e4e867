import type { Job } from '../../jobs/job.ts';
import type { Submission } from '../../jobs/submissions/submission.ts';
import type { SubmissionStore } from '../../jobs/submissions/submission-store.ts';
import type { CardPlaces } from '../../notifications/live-cards/card-places.ts';
import type { LiveCards } from '../../notifications/live-cards/live-cards.ts';
import type { KeptReplies } from '../core/kept-replies.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';

export interface RequesterNotesOptions {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly replies: Pick<KeptReplies, 'show'>;
  readonly liveCards: Pick<LiveCards, 'list'>;
  readonly cardPlaces: Pick<CardPlaces, 'placeOf'>;
}

/** The private note that a requester got for a click, when something more is to be said of the job that it started. */
export class RequesterNotes {
  readonly #options: RequesterNotesOptions;

  constructor(options: RequesterNotesOptions) {
    this.#options = options;
  }

  /**
   * Writes it on the note, as long as that can be changed; `false` where only a direct message is left, for no card of
   * the job pings its requester either.
   */
  async write(guildId: string, { ref, replyRef }: Pick<Job, 'ref' | 'replyRef'>, message: OutgoingMessage) {
    const { submissions, replies } = this.#options;
    const submission = replyRef === undefined ? undefined : await submissions.get(replyRef);
    if (submission === undefined || submission.guildId !== guildId) return false;
    return (await replies.show(submission.id, message)) || this.#isPinged(submission, ref);
  }

  async #isPinged({ guildId, place }: Submission, ref: string): Promise<boolean> {
    if (place === undefined) return false;
    const { liveCards, cardPlaces } = this.#options;
    const isFollowed = liveCards
      .list(guildId)
      .some((watch) => watch.ref === ref && watch.channelId === place.channelId);
    return isFollowed || (await cardPlaces.placeOf(guildId, ref))?.channelId === place.channelId;
  }
}
