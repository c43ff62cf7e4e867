import type { Job } from '../../jobs/job.ts';
import type { JobActions, ShownJob } from '../../jobs/job-actions.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { LiveCards } from '../../notifications/live-cards/live-cards.ts';
import type { Answer, ShowProgress } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import type { CardViewer } from './job-card.ts';
import type { JobCards } from './job-cards.ts';
import { toJobDetails } from './job-details.ts';
import type { Audience, ReviewGate } from './review-gate.ts';

export interface JobCall {
  readonly caller: Caller;
  readonly showProgress?: ShowProgress;
  /** Whether everybody in the channel sees the answer; default no. */
  readonly isPublic?: boolean;
  readonly deliveryId?: string | undefined;
  /** Who showed the card to the channel. */
  readonly sharedBy?: string | undefined;
  /** Whether the media of the message that is brought up to date are hidden until they are clicked. */
  readonly hasSpoilers?: boolean;
  /** The line of mentions of the message that is brought up to date. */
  readonly above?: string | undefined;
}

export interface ReviewedJob {
  readonly job: Job;
  readonly audience: Audience;
  readonly notice?: string;
  readonly maxFileBytes: number;
}

/** What reviewers see of a job that is held, or was. */
export interface ReviewedJobs {
  /** Undefined where the job is to be shown like any other. */
  toAnswer(reviewed: ReviewedJob): Promise<Answer | undefined>;
  /** `isRequester`: whether they started the job, and read this alone. */
  toNotice(job: Job, audience: Audience, isRequester: boolean): Promise<string | undefined>;
}

export interface JobAnswersOptions {
  readonly actions: Pick<JobActions, 'show'>;
  readonly cards: Pick<JobCards, 'toAnswer'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'conceal'>;
  readonly permissions: Pick<Permissions, 'isAllowed' | 'mayCancel'>;
  readonly liveCards: Pick<LiveCards, 'list'>;
  readonly reviewAnswers: ReviewedJobs;
}

/** Replies with jobs to those who may look at them. */
export class JobAnswers {
  readonly #options: JobAnswersOptions;

  constructor(options: JobAnswersOptions) {
    this.#options = options;
  }

  /** The job's card as it is now, with its media. */
  async show(idOrRef: string, call: JobCall): Promise<Answer> {
    return this.toAnswer(await this.#options.actions.show(idOrRef, call.caller.guildId), call);
  }

  /** The job's card as it is to be shown where it was asked for. */
  async toAnswer(shown: ShownJob, call: JobCall): Promise<Answer> {
    const { caller, isPublic = false, showProgress, deliveryId, sharedBy, hasSpoilers, above } = call;
    const { cards, gate, reviewAnswers } = this.#options;
    const { maxFileBytes } = caller;
    const audience = gate.audienceOf(caller, !isPublic);
    const review = await reviewAnswers.toAnswer({
      ...shown,
      job: gate.conceal(shown.job, audience),
      audience,
      maxFileBytes,
    });
    if (review !== undefined) return review;
    const isRequester = !isPublic && shown.job.requestedBy === caller.userId;
    const notice = shown.notice ?? (await reviewAnswers.toNotice(shown.job, audience, isRequester));
    const extras = {
      ...(notice !== undefined && { notice }),
      ...(showProgress && { showProgress }),
      ...(deliveryId !== undefined && { deliveryId }),
      ...(sharedBy !== undefined && { sharedBy }),
      ...(hasSpoilers !== undefined && { hasSpoilers }),
      ...(above !== undefined && { above }),
      isLive: deliveryId !== undefined && this.#isLive(shown.job, caller),
    };
    const hidesReason = isPublic || this.#hidesReason(shown.job, call);
    const viewer = this.#toViewer(shown.job, caller);
    return cards.toAnswer({ ...shown, ...audience, isPublic, hidesReason, maxFileBytes, viewer, ...extras });
  }

  /** What else is known of the job, for the caller alone. */
  async details(idOrRef: string, call: JobCall): Promise<Answer> {
    const { caller } = call;
    const { actions, gate } = this.#options;
    const { job: whole } = await actions.show(idOrRef, caller.guildId);
    const job = gate.conceal(whole, gate.audienceOf(caller, true));
    const options = { hidesReason: this.#hidesReason(whole, call) };
    return {
      message: toJobDetails(job, options),
      withoutWords: () => toJobDetails(toWordlessJob(job), options),
    };
  }

  /** Why a job was moderated is for those whose job it is, and for reviewers. */
  #hidesReason({ requestedBy }: Job, { caller }: JobCall): boolean {
    return !(this.#options.gate.audienceOf(caller, true).isReviewer || requestedBy === caller.userId);
  }

  #isLive({ ref }: Job, { guildId, channelId }: Caller): boolean {
    return this.#options.liveCards.list(guildId).some((watch) => watch.ref === ref && watch.channelId === channelId);
  }

  #toViewer({ requestedBy }: Job, caller: Caller): CardViewer {
    const { permissions } = this.#options;
    return {
      mayPress: permissions.isAllowed('press', caller),
      mayShare: permissions.isAllowed('share', caller),
      mayCancel: permissions.mayCancel(requestedBy, caller),
    };
  }
}
