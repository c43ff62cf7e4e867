import { isVisibleTo, type Job } from '../../jobs/job.ts';
import { type Act, isPressAct } from '../../jobs/submissions/submission.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import { LOG_ACTION } from '../../moderation/log/log-entry.ts';
import { cutText } from '../../shared/text.ts';

const PROMPT_LENGTH = 500;

/** Logs a press or submit that is about to be sent, or waits for it; said again it changes nothing. */
export async function logAct(log: AuditLog, act: Act): Promise<void> {
  const base = { id: toLogId(act), at: act.askedAt, guildId: act.guildId, actorId: act.userId };
  const prompt = act.work.prompt === undefined ? {} : { prompt: cutText(act.work.prompt, PROMPT_LENGTH) };
  if (isPressAct(act)) {
    const { ref, label } = act.work;
    await log.append({ ...base, action: LOG_ACTION.press, ref, details: { button: label, ...prompt } });
    return;
  }
  await log.append({ ...base, action: LOG_ACTION.submit, details: prompt });
}

/** Notes with the entry which job came of it, unless that is another server's; said again it changes nothing. */
export async function logMade(log: AuditLog, act: Act, job: Job): Promise<void> {
  if (isVisibleTo(job, act.guildId)) await log.noteMade(act.guildId, toLogId(act), job.ref);
}

function toLogId({ id }: Act): string {
  return `act:${id}`;
}
