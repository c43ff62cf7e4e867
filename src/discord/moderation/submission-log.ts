import { isVisibleTo, type Job } from '../../jobs/job.ts';
import { isPressSubmission, type Submission } from '../../jobs/submissions/submission.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import { cutText } from '../../shared/text.ts';

const PROMPT_LENGTH = 500;

/** Logs a press or submit that is about to be sent, or waits for it; idempotent. */
export async function logSubmission(log: AuditLog, submission: Submission): Promise<void> {
  const base = {
    id: toLogId(submission),
    at: submission.askedAt,
    guildId: submission.guildId,
    actorId: submission.userId,
  };
  const prompt = submission.work.prompt === undefined ? {} : { prompt: cutText(submission.work.prompt, PROMPT_LENGTH) };
  if (isPressSubmission(submission)) {
    const { ref, label } = submission.work;
    await log.append({ ...base, action: LOG_ACTION.press, ref, details: { button: label, ...prompt } });
    return;
  }
  await log.append({ ...base, action: LOG_ACTION.submit, details: prompt });
}

/** Notes with the entry which job came of it, unless that is another server's; idempotent. */
export async function logMade(log: AuditLog, submission: Submission, job: Job): Promise<void> {
  if (isVisibleTo(job, submission.guildId)) await log.noteMade(submission.guildId, toLogId(submission), job.ref);
}

function toLogId({ id }: Submission): string {
  return `act:${id}`;
}
