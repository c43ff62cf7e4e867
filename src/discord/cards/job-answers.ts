import type { Job } from '../../jobs/job.ts';
import type { JobActions, ShownJob } from '../../jobs/job-actions.ts';
import type { Answer, ShowProgress } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import type { JobCards } from './job-cards.ts';
import type { Audience, ReviewGate } from './review-gate.ts';

export interface JobCall {
  readonly caller: Caller;
  readonly showProgress?: ShowProgress;
  /** Whether everybody in the channel sees the answer; default no. */
  readonly isPublic?: boolean;
  readonly deliveryId?: string | undefined;
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
  toNotice(job: Job, audience: Audience): Promise<string | undefined>;
}

export interface JobAnswersOptions {
  readonly actions: Pick<JobActions, 'show'>;
  readonly cards: Pick<JobCards, 'toAnswer'>;
  readonly gate: Pick<ReviewGate, 'audienceOf'>;
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
    const { caller, isPublic = false, showProgress, deliveryId } = call;
    const { cards, gate, reviewAnswers } = this.#options;
    const { maxFileBytes } = caller;
    const audience = gate.audienceOf(caller, !isPublic);
    const review = await reviewAnswers.toAnswer({ ...shown, audience, maxFileBytes });
    if (review !== undefined) return review;
    const notice = shown.notice ?? (await reviewAnswers.toNotice(shown.job, audience));
    const extras = {
      ...(notice !== undefined && { notice }),
      ...(showProgress && { showProgress }),
      ...(deliveryId !== undefined && { deliveryId }),
    };
    const hidesReason = isPublic || !(audience.isReviewer || shown.job.requestedBy === caller.userId);
    return cards.toAnswer({ ...shown, ...audience, isPublic, hidesReason, maxFileBytes, ...extras });
  }
}
