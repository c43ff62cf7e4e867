import { isOver, type Job } from '../../jobs/job.ts';
import type { JobActions } from '../../jobs/job-actions.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import type { Permissions } from '../../moderation/permissions.ts';
import type { Clock } from '../../shared/clock.ts';
import { cancelJob } from '../cards/card-controls.ts';
import type { JobAnswers } from '../cards/job-answers.ts';
import type { ReviewGate } from '../cards/review-gate.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { openJob, refreshJob } from '../ui/show-controls.ts';
import { confirmCancel, toCancelQuestion, toCancelResult } from './cancel-messages.ts';

export interface JobControlNeeds {
  readonly jobAnswers: Pick<JobAnswers, 'show'>;
  readonly actions: Pick<JobActions, 'show' | 'cancel'>;
  readonly permissions: Pick<Permissions, 'requireMayCancel'>;
  readonly gate: Pick<ReviewGate, 'audienceOf' | 'conceal'>;
  readonly log: Pick<AuditLog, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What is under a job's card, and under the question before it is cancelled. */
export function jobControls(needs: JobControlNeeds): readonly Control[] {
  const { jobAnswers } = needs;
  return [
    onControl(refreshJob, ({ caller, args: { ref, deliveryId }, source }) =>
      jobAnswers.show(ref, { caller, isPublic: !source.isPrivate, deliveryId }),
    ),
    onControl(openJob, ({ caller, values: [ref = ''], showProgress }) =>
      jobAnswers.show(ref, { caller, showProgress }),
    ),
    onControl(cancelJob, ({ caller, args: { ref } }) => askToCancel(needs, ref, caller)),
    onControl(confirmCancel, ({ id, caller, args: { ref } }) => cancel(needs, { id, caller, ref })),
  ];
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
  if (!isOver(job)) await logCancel(needs, id, caller, job);
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
