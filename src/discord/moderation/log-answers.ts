import { isJobRef, toJobRef } from '../../jobs/job-ref.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import type { CommandCall } from '../core/handlers.ts';
import { writeLines } from '../core/text-file.ts';
import type { BotServices } from '../services.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { type LogFilter, toFileMessage, toLogPage } from './log-page.ts';

const ENTRIES_PER_PAGE = 10;

/** `/mod log`. */
export async function showLog({ caller, options, services }: CommandCall): Promise<Answer> {
  const member = options.string('member');
  const action = options.string('action');
  const job = options.string('job');
  const filter = {
    ...(member !== undefined && { member }),
    ...(action !== undefined && { action }),
    ...(job !== undefined && { ref: await toRef(job, caller, services) }),
  };
  return turnLog(caller, services, filter);
}

/** A page of the log: the newest, or what comes before an entry. */
export async function turnLog(
  { guildId }: Caller,
  services: BotServices,
  filter: LogFilter,
  before?: number,
): Promise<Answer> {
  const page = await services.log.page(guildId, {
    ...filter,
    limit: ENTRIES_PER_PAGE,
    ...(before !== undefined && { before }),
  });
  return { message: toLogPage(guildId, page, filter) };
}

/** `/mod export`: the whole log as a file. */
export async function exportLog({ caller, services }: CommandCall): Promise<Answer> {
  const { guildId, maxFileBytes } = caller;
  const limits = { name: `log-${guildId}.jsonl`, maxBytes: maxFileBytes };
  const { file, bytes, release } = await writeLines(() => services.log.exportLines(guildId), limits);
  if (bytes === 0) return { message: toNoticeMessage('Nothing is logged yet.', COLORS.quiet), release };
  return {
    message: toFileMessage('The whole log of this server, one JSON document a line, oldest first.', file),
    release,
  };
}

/** The log keeps refs alone, also of jobs that are known no more. */
async function toRef(job: string, { guildId }: Caller, services: BotServices): Promise<string> {
  const text = job.trim().toLowerCase();
  if (isJobRef(text)) return text;
  const { jobid, known } = await services.actions.resolve(job, guildId);
  return known?.ref ?? toJobRef(jobid);
}
