import type { Job } from '../../jobs/job.ts';
import { toReviewSources } from '../../jobs/job-media.ts';
import { toWordlessResult, toWordlessSubmission } from '../../jobs/submissions/wordless-submission.ts';
import { MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES } from '../../media/limits.ts';
import type { MediaLease, MediaMissing } from '../../media/media-file.ts';
import type { Review } from '../../moderation/reviews/review.ts';
import type { Alert } from '../../notifications/alerts.ts';
import type { PrepareOptions } from '../../notifications/delivery/channel-poster.ts';
import { compact } from '../../shared/compact.ts';
import type { MediaLender } from '../cards/lend-media.ts';
import { toUploadReasonOf } from '../core/discord-errors.ts';
import type { MessageMaker, NoticeMessage } from '../core/message-maker.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import {
  type MissedMentionFacts,
  type SuspendedRuleFacts,
  toMissedMentionNotice,
  toSuspendedRuleNotice,
} from '../ui/direct-notice-messages.ts';
import { type KnownOutcome, toModeratedNotice, toOutcomeNotice } from '../ui/outcome-messages.ts';
import { type AlertFacts, toAlertMessage } from './alert-message.ts';
import { alertWords } from './alert-words.ts';
import { type ReviewVerdict, toReminder, toReviewCard, toVerdictNotice } from './review-card.ts';
import { reviewWords } from './words.ts';

/** What moderators, and those whose jobs they decide on, are sent. */
export type ModeratorNotice =
  | { readonly kind: 'review'; readonly review: Review; readonly job?: Job; readonly quorum: number }
  | { readonly kind: 'reminder'; readonly review: Review }
  | ({ readonly kind: 'verdict'; readonly serverName: string } & ReviewVerdict)
  | (KnownOutcome & { readonly kind: 'outcome'; readonly serverName: string })
  | { readonly kind: 'moderated'; readonly job: Job; readonly serverName: string }
  | ({ readonly kind: 'alert'; readonly alert: Alert } & AlertFacts)
  | ({ readonly kind: 'missed-mention' } & MissedMentionFacts)
  | ({ readonly kind: 'suspended-rule' } & SuspendedRuleFacts);

type ReviewNotice = Extract<ModeratorNotice, { kind: 'review' }>;

/** Makes messages for moderators. */
export class ModeratorMessages implements MessageMaker<ModeratorNotice> {
  readonly #media: MediaLender;

  constructor(media: MediaLender) {
    this.#media = media;
  }

  async make(
    whole: ModeratorNotice,
    { deliveryId, level, guildId, answerCode = 0 }: PrepareOptions,
  ): Promise<NoticeMessage> {
    const notice = level === 'text-only' ? withoutWords(whole) : whole;
    if (notice.kind === 'review') {
      const { kind: _, ...shown } = notice;
      if (level === 'whole') return this.#makeReview(shown, { deliveryId, guildId });
      const media = toMissingMedia(shown.job, toUploadReasonOf(answerCode));
      return { message: toReviewCard({ ...shown, deliveryId, media }), release: () => undefined };
    }
    return { message: toMessage(notice, deliveryId), release: () => undefined };
  }

  toFollowedJob(): undefined {
    return undefined;
  }

  toTitle(): string {
    return reviewWords.forumTitle();
  }

  /** The media of a job, for those who may see them before everyone else. */
  async lease(
    job: Job | undefined,
    {
      guildId,
      maxFileBytes = MAX_FILE_BYTES,
    }: { readonly guildId: string | undefined; readonly maxFileBytes?: number },
  ): Promise<MediaLease> {
    const sources = job === undefined ? [] : toReviewSources(job);
    if (job === undefined || sources.length === 0) return { results: [], release: () => undefined };
    const limits = { maxFileBytes, maxFiles: MAX_FILES, maxTotalBytes: MAX_TOTAL_BYTES };
    return this.#media.lease({ ref: job.ref, guildId, sources, ...limits });
  }

  /** A decided review is shown without media: nothing is fetched for it. */
  async #makeReview(
    shown: Omit<ReviewNotice, 'kind'>,
    { deliveryId, guildId }: { readonly deliveryId: string; readonly guildId: string | undefined },
  ): Promise<NoticeMessage> {
    if (shown.review.decision !== undefined) {
      return { message: toReviewCard({ ...shown, deliveryId }), release: () => undefined };
    }
    const lease = await this.lease(shown.job, { guildId });
    return { message: toReviewCard({ ...shown, deliveryId, media: lease.results }), release: () => lease.release() };
  }
}

function toMissingMedia(job: Job | undefined, reason: string): MediaMissing[] {
  const sources = job === undefined ? [] : toReviewSources(job);
  return sources.map(({ label }) => ({ kind: 'missing', label, reason }));
}

function toMessage(notice: Exclude<ModeratorNotice, ReviewNotice>, deliveryId: string): OutgoingMessage {
  if (notice.kind === 'reminder') return toReminder(notice.review, deliveryId);
  if (notice.kind === 'verdict') return toVerdictNotice(notice, notice.serverName, deliveryId);
  if (notice.kind === 'outcome') return toOutcomeNotice(notice, notice.serverName, deliveryId);
  if (notice.kind === 'moderated') return toModeratedNotice(notice.job, notice.serverName, deliveryId);
  if (notice.kind === 'missed-mention') return toMissedMentionNotice(notice, deliveryId);
  if (notice.kind === 'suspended-rule') return toSuspendedRuleNotice(notice, deliveryId);
  return toAlertMessage(notice.alert, notice, deliveryId);
}

/** The least that is said: words from outside are what Discord's filters refuse. */
function withoutWords(notice: ModeratorNotice): ModeratorNotice {
  switch (notice.kind) {
    case 'review':
      return { kind: 'review', review: withoutReasons(notice.review), quorum: notice.quorum };
    case 'verdict': {
      const { prompt: _, ...verdict } = notice;
      return { ...verdict, decision: { ...notice.decision, reasons: [] } };
    }
    case 'moderated': {
      const { prompt: _prompt, error: _error, errorDetails: _details, ...job } = notice.job;
      return { ...notice, job };
    }
    case 'outcome':
      return {
        ...notice,
        submission: toWordlessSubmission(notice.submission),
        result: toWordlessResult(notice.result),
      };
    case 'alert': {
      const { alert, boardName } = notice;
      if (alert.kind !== 'refused') return { kind: 'alert', alert, ...compact({ boardName }) };
      const { prompt: _, ...refused } = alert;
      return { kind: 'alert', alert: { ...refused, reason: alertWords.leftOut() } };
    }
    default:
      return notice;
  }
}

function withoutReasons({ word: _, ...review }: Review): Review {
  return { ...review, votes: review.votes.map(({ reason: _reason, ...vote }) => vote) };
}
