import { isOver, type Job } from '../../jobs/job.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import type { Answer } from '../core/answer.ts';
import { onControl } from '../core/control.ts';
import type { Control, ControlCall } from '../core/handlers.ts';
import { openJob, refreshJob } from '../ui/show-controls.ts';
import { toCancelQuestion, toCancelResult } from './cancel-messages.ts';

const refresh = onControl(refreshJob, ({ caller, args: { ref, deliveryId }, source, services }) =>
  services.jobAnswers.show(ref, { caller, isPublic: !source.isPrivate, deliveryId }),
);

const open = onControl(openJob, ({ caller, values: [ref = ''], services, showProgress }) =>
  services.jobAnswers.show(ref, { caller, showProgress }),
);

/** Cancel on a card: asks first. */
const askToCancelJob: Control = {
  name: 'job-cancel',
  acknowledges: 'private',
  run: ({ caller, args: [ref = ''], services }) => askToCancel(ref, { caller, services }),
};

/** The confirmation: cancels and says what the job is now. */
const confirmCancelJob: Control = {
  name: 'job-cancel-yes',
  acknowledges: 'update',
  async run({ id, caller, args: [ref = ''], services }) {
    services.permissions.requireAllowed('view', caller);
    const { job } = await services.actions.show(ref, caller.guildId);
    services.permissions.requireMayCancel(job.requestedBy, caller);
    if (!isOver(job)) await logCancel(id, job, { caller, services });
    return { message: toCancelResult(await services.actions.cancel(ref, caller.guildId)) };
  },
};

type JobCall = Pick<ControlCall, 'caller' | 'services'>;

export const jobControls: readonly Control[] = [refresh, open, askToCancelJob, confirmCancelJob];

/** A question before a job is cancelled, or what it is where it has already ended. */
export async function askToCancel(idOrRef: string, { caller, services }: JobCall): Promise<Answer> {
  services.permissions.requireAllowed('view', caller);
  const { job: whole } = await services.actions.show(idOrRef, caller.guildId);
  services.permissions.requireMayCancel(whole.requestedBy, caller);
  const job = services.gate.conceal(whole, services.gate.audienceOf(caller, true));
  if (isOver(job)) return { message: toCancelResult({ outcome: 'already-over', job }) };
  return { message: toCancelQuestion(job), withoutWords: () => toCancelQuestion(toWordlessJob(job)) };
}

/** Logged before it is sent, so that no crash in between leaves a cancel without its entry. */
async function logCancel(id: string, { ref, requestedBy }: Job, { caller, services }: JobCall): Promise<void> {
  await services.log.append({
    ...{ id: `cancel:${id}`, at: services.clock.now(), guildId: caller.guildId, actorId: caller.userId },
    action: LOG_ACTION.cancel,
    ref,
    details: { what: 'job' },
    ...(requestedBy !== undefined && { targetId: requestedBy }),
  });
}
