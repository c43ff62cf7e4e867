import { isOver, type Job } from '../../jobs/job.ts';
import type { JobActions } from '../../jobs/job-actions.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { LiveCards } from '../../notifications/live-cards/live-cards.ts';
import type { Clock } from '../../shared/clock.ts';
import { cancelJob, notifyMe, showDetails } from '../cards/card-controls.ts';
import type { JobAnswers } from '../cards/job-answers.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import { cardWords } from '../cards/words.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { toNoticeMessage } from '../ui/notices.ts';
import { openJob, refreshJob } from '../ui/show-controls.ts';
import { confirmCancel, toCancelQuestion, toCancelResult } from './cancel-messages.ts';

export interface JobControlNeeds {
  readonly jobAnswers: Pick<JobAnswers, 'show' | 'details'>;
  readonly actions: Pick<JobActions, 'show' | 'cancel'>;
  readonly permissions: Pick<Permissions, 'requireMayCancel'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'conceal'>;
  readonly liveCards: Pick<LiveCards, 'add' | 'list' | 'noteCancelling'>;
  readonly log: Pick<AuditLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What is under a job's card, and under the question before it is cancelled. */
export function jobControls(needs: JobControlNeeds): readonly Control[] {
  const { jobAnswers } = needs;
  return [
    onControl(refreshJob, ({ caller, args: { ref, deliveryId, sharedBy }, source }) =>
      jobAnswers.show(ref, {
        caller,
        isPublic: !source.isPrivate,
        deliveryId,
        sharedBy,
        hasSpoilers: source.hasSpoilers,
        above: source.mentionLine,
      }),
    ),
    onControl(openJob, ({ caller, values: [ref = ''], showProgress }) =>
      jobAnswers.show(ref, { caller, showProgress }),
    ),
    onControl(showDetails, ({ caller, args: { ref } }) => jobAnswers.details(ref, { caller })),
    onControl(notifyMe, ({ caller, args: { ref } }) => addListener(needs, ref, caller)),
    onControl(cancelJob, ({ caller, args: { ref } }) => askToCancel(needs, ref, caller)),
    onControl(confirmCancel, ({ id, caller, args: { ref } }) => cancel(needs, { id, caller, ref })),
  ];
}

/** One more member is mentioned at the end of a live card; whoever may see it may ask. */
async function addListener({ actions, liveCards }: JobControlNeeds, ref: string, caller: Caller): Promise<Answer> {
  const { guildId, channelId, userId } = caller;
  const { job } = await actions.show(ref, guildId);
  if (isOver(job)) return { message: toNoticeMessage(cardWords.alreadyDone(job.ref)) };
  const isLive = liveCards.list(guildId).some((watch) => watch.ref === job.ref && watch.channelId === channelId);
  if (!isLive) return { message: toNoticeMessage(cardWords.notLive) };
  await liveCards.add({ guildId, channelId, ref: job.ref }, userId, job);
  return { message: toNoticeMessage(cardWords.willNotify(channelId)) };
}

/** A question before a job is cancelled, or what it is where it has already ended. */
export async function askToCancel(
  { actions, permissions, gate }: JobControlNeeds,
  idOrRef: string,
  caller: Caller,
): Promise<Answer> {
  const { job: whole } = await actions.show(idOrRef, caller.guildId);
  permissions.requireMayCancel(whole.requestedBy, caller);
  const job = gate.conceal(whole, gate.audienceOf(caller, true));
  if (isOver(job)) return { message: toCancelResult({ outcome: 'already-over', job }) };
  return { message: toCancelQuestion(job), withoutWords: () => toCancelQuestion(toWordlessJob(job)) };
}

interface CancelCall {
  /** Of the interaction. */
  readonly id: string;
  readonly caller: Caller;
  readonly ref: string;
}

async function cancel(needs: JobControlNeeds, { id, caller, ref }: CancelCall): Promise<Answer> {
  const { actions, permissions } = needs;
  const { job } = await actions.show(ref, caller.guildId);
  permissions.requireMayCancel(job.requestedBy, caller);
  if (!isOver(job)) {
    await logCancel(needs, id, caller, job);
    await needs.liveCards.noteCancelling(caller.guildId, job.ref, caller.userId);
  }
  return { message: toCancelResult(await actions.cancel(ref, caller.guildId)) };
}

/** Logged before it is sent, so that no crash in between leaves a cancel without its entry. */
async function logCancel(
  { log, clock }: JobControlNeeds,
  id: string,
  { guildId, userId }: Caller,
  { ref, requestedBy }: Job,
): Promise<void> {
  await log.append({
    id: `cancel:${id}`,
    at: clock.now(),
    guildId,
    actorId: userId,
    action: LOG_ACTION.cancel,
    ref,
    details: { what: 'job' },
    ...(requestedBy !== undefined && { targetId: requestedBy }),
  });
}
