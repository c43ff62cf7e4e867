import type { Job } from '../../jobs/job.ts';
import { LEFT_OUT, toWordlessJob } from '../../jobs/wordless-job.ts';
import type { GuildSettings } from '../../moderation/guild-settings.ts';
import type { Review } from '../../moderation/reviews/review.ts';
import type { Reviews } from '../../moderation/reviews/reviews.ts';
import type { ReviewedJob, ReviewedJobs } from '../cards/job-answers.ts';
import type { Audience } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { ModeratorMessages } from './moderator-messages.ts';
import { toReviewCard, toVerdictText } from './review-card.ts';
import { reviewWords } from './words.ts';

export interface ReviewAnswersOptions {
  readonly reviews: Pick<Reviews, 'get'>;
  readonly settings: Pick<GuildSettings, 'get'>;
  readonly messages: Pick<ModeratorMessages, 'lease'>;
}

/** What a reviewer sees of a held job in answers of their own: the review with its controls while it is open. */
export class ReviewAnswers implements ReviewedJobs {
  readonly #options: ReviewAnswersOptions;

  constructor(options: ReviewAnswersOptions) {
    this.#options = options;
  }

  /** Undefined where the job is to be shown like any other. */
  async toAnswer({ job, audience, notice, maxFileBytes }: ReviewedJob): Promise<Answer | undefined> {
    const { reviews, settings, messages } = this.#options;
    if (!audience.isReviewer) return undefined;
    const review = await reviews.get(audience.guildId, job.ref);
    if (review === undefined || review.decision !== undefined) return undefined;
    const { quorum } = settings.get(audience.guildId).review;
    const shown = { review, job, quorum, ...(notice !== undefined && { notice }) };
    const lease = await messages.lease(job, { guildId: audience.guildId, maxFileBytes });
    return {
      message: toReviewCard({ ...shown, media: lease.results }),
      withoutMedia: () => toReviewCard(shown),
      withoutWords: () => toReviewCard({ ...shown, ...toWordless(shown), media: lease.results }),
      release: () => lease.release(),
    };
  }

  /** Why only reviewers see a job that ended its review without being approved, and to its requester why that was. */
  async toNotice({ ref }: Job, { guildId, isReviewer }: Audience, isRequester: boolean): Promise<string | undefined> {
    if (!isReviewer && !isRequester) return undefined;
    const decision = (await this.#options.reviews.get(guildId, ref))?.decision;
    if (decision === undefined || decision.verdict === 'approve') return undefined;
    return isReviewer ? reviewWords.notApproved() : toVerdictText(decision, `\`${ref}\``);
  }
}

function toWordless({ review, job }: { readonly review: Review; readonly job: Job }) {
  const votes = review.votes.map(({ reason, ...vote }) => ({ ...vote, ...(reason && { reason: LEFT_OUT }) }));
  const word = review.word === undefined ? {} : { word: LEFT_OUT };
  return { review: { ...review, ...word, votes }, job: toWordlessJob(job) };
}
