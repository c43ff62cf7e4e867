import type { ShownJob } from '../../jobs/job-actions.ts';
import type { Answer } from '../core/answer.ts';
import type { ControlCall } from '../core/handlers.ts';

export interface JobCall extends Pick<ControlCall, 'caller' | 'services'>, Partial<Pick<ControlCall, 'showProgress'>> {
  /** Whether everybody in the channel sees the answer. */
  readonly isPublic?: boolean;
  readonly deliveryId?: string;
}

/** The job's card as it is now, with its media. */
export async function showJob(idOrRef: string, call: JobCall): Promise<Answer> {
  const { caller, services } = call;
  services.permissions.requireAllowed('view', caller);
  return toJobAnswer(await services.actions.show(idOrRef, caller.guildId), call);
}

/** The job's card as it is to be shown where it was asked for. */
export async function toJobAnswer(shown: ShownJob, call: JobCall): Promise<Answer> {
  const { caller, services, isPublic = false, showProgress, deliveryId } = call;
  const { maxFileBytes } = caller;
  const audience = services.gate.audienceOf(caller, !isPublic);
  const review = await services.reviewAnswers.toAnswer({ ...shown, audience, maxFileBytes });
  if (review !== undefined) return review;
  const notice = shown.notice ?? (await services.reviewAnswers.toNotice(shown.job, audience));
  const extras = {
    ...(notice !== undefined && { notice }),
    ...(showProgress && { showProgress }),
    ...(deliveryId !== undefined && { deliveryId }),
  };
  const hidesReason = isPublic || !(audience.isReviewer || shown.job.requestedBy === caller.userId);
  return services.cards.toAnswer({ ...shown, ...audience, isPublic, hidesReason, maxFileBytes, ...extras });
}
