import type { Job } from '../../jobs/job.ts';
import { toMediaSources } from '../../jobs/job-media.ts';
import { toWordlessAct, toWordlessResult } from '../../jobs/submissions/wordless-submission.ts';
import { MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES } from '../../media/limits.ts';
import type { MediaLease } from '../../media/media-file.ts';
import type { Review } from '../../moderation/reviews/review.ts';
import type { Alert } from '../../notifications/alerts.ts';
import type { PrepareOptions } from '../../notifications/delivery/channel-poster.ts';
import type { MediaLender } from '../cards/job-cards.ts';
import type { MessageMaker, NoticeMessage } from '../core/message-maker.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import {
  type MissedMentionFacts,
  type SuspendedRuleFacts,
  toMissedMentionNotice,
  toSuspendedRuleNotice,
} from '../ui/direct-notices.ts';
import { type ToldOutcome, toModeratedNotice, toOutcomeNotice } from '../ui/outcome-messages.ts';
import { toAlertMessage } from './alert-message.ts';
import { type ReviewVerdict, toReminder, toReviewCard, toVerdictNotice } from './review-card.ts';

/** What moderators, and those whose jobs they decide on, are told. */
export type ModeratorNotice =
  | { readonly kind: 'review'; readonly review: Review; readonly job?: Job; readonly quorum: number }
  | { readonly kind: 'reminder'; readonly review: Review }
  | ({ readonly kind: 'verdict' } & ReviewVerdict)
  | (ToldOutcome & { readonly kind: 'outcome'; readonly serverName: string })
  | { readonly kind: 'moderated'; readonly job: Job; readonly serverName: string }
  | { readonly kind: 'alert'; readonly alert: Alert; readonly job?: Job }
  | ({ readonly kind: 'missed-mention' } & MissedMentionFacts)
  | ({ readonly kind: 'suspended-rule' } & SuspendedRuleFacts);

type ReviewNotice = Extract<ModeratorNotice, { kind: 'review' }>;

const LEFT_OUT = 'Discord did not let me repeat it here.';

/** Makes messages for moderators. */
export class ModeratorMessages implements MessageMaker<ModeratorNotice> {
  readonly #media: MediaLender;

  constructor(media: MediaLender) {
    this.#media = media;
  }

  async make(whole: ModeratorNotice, { deliveryId, level }: PrepareOptions): Promise<NoticeMessage> {
    const notice = level === 'text-only' ? withoutWords(whole) : whole;
    if (notice.kind === 'review') return this.#makeReview(notice, deliveryId, level === 'whole');
    return { message: toMessage(notice, deliveryId), release: () => undefined };
  }

  toFollowedJob(): undefined {
    return undefined;
  }

  toTitle(): string {
    return 'Moderation';
  }

  /** The media of a job, for those who may see them before everyone else. */
  async lease(job: Job | undefined, maxFileBytes = MAX_FILE_BYTES): Promise<MediaLease> {
    const sources = job === undefined ? [] : toMediaSources(job);
    if (job === undefined || sources.length === 0) return { results: [], release: () => undefined };
    const limits = { maxFileBytes, maxFiles: MAX_FILES, maxTotalBytes: MAX_TOTAL_BYTES };
    return this.#media.lease({ ref: job.ref, sources, ...limits });
  }

  /** A decided review is shown without media: nothing is fetched for it. */
  async #makeReview(notice: ReviewNotice, deliveryId: string, hasMedia: boolean): Promise<NoticeMessage> {
    const { kind: _, ...shown } = notice;
    if (!hasMedia || shown.review.decision !== undefined) {
      return { message: toReviewCard({ ...shown, deliveryId }), release: () => undefined };
    }
    const lease = await this.lease(shown.job);
    return { message: toReviewCard({ ...shown, deliveryId, media: lease.results }), release: () => lease.release() };
  }
}

function toMessage(notice: Exclude<ModeratorNotice, ReviewNotice>, deliveryId: string): OutgoingMessage {
  if (notice.kind === 'reminder') return toReminder(notice.review, deliveryId);
  if (notice.kind === 'verdict') return toVerdictNotice(notice, deliveryId);
  if (notice.kind === 'outcome') return toOutcomeNotice(notice, notice.serverName, deliveryId);
  if (notice.kind === 'moderated') return toModeratedNotice(notice.job, notice.serverName, deliveryId);
  if (notice.kind === 'missed-mention') return toMissedMentionNotice(notice, deliveryId);
  if (notice.kind === 'suspended-rule') return toSuspendedRuleNotice(notice, deliveryId);
  return toAlertMessage(notice.alert, notice.job, deliveryId);
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
      return { ...notice, act: toWordlessAct(notice.act), result: toWordlessResult(notice.result) };
    case 'alert': {
      const { alert } = notice;
      if (alert.kind !== 'refused') return { kind: 'alert', alert };
      const { prompt: _, ...refused } = alert;
      return { kind: 'alert', alert: { ...refused, reason: LEFT_OUT } };
    }
    default:
      return notice;
  }
}

function withoutReasons({ word: _, ...review }: Review): Review {
  return { ...review, votes: review.votes.map(({ reason: _reason, ...vote }) => vote) };
}
