import type { JobActions } from '../../jobs/job-actions.ts';
import { isJobRef, toJobRef } from '../../jobs/job-ref.ts';
import type { AuditLog } from '../../moderation/log/audit-log.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import type { CommandCall } from '../core/handlers.ts';
import { writeLines } from '../core/text-file.ts';
import { COLORS, toNoticeMessage } from '../ui/notices.ts';
import { type LogFilter, toFileMessage, toLogPage } from './log-page.ts';
import { logWords } from './words.ts';

export interface LogNeeds {
  readonly log: Pick<AuditLog, 'page' | 'exportLines'>;
  readonly actions: Pick<JobActions, 'resolve'>;
}

/** `/mod log` and `/mod export`. */
export interface LogHandlers {
  readonly show: (call: CommandCall) => Promise<Answer>;
  /** A page of the log: the newest, or what comes before an entry. */
  readonly turn: (caller: Caller, filter: LogFilter, before?: number) => Promise<Answer>;
  readonly export: (call: CommandCall) => Promise<Answer>;
}

const ENTRIES_PER_PAGE = 10;

export function logHandlers(needs: LogNeeds): LogHandlers {
  return {
    show: (call) => showLog(needs, call),
    turn: (caller, filter, before) => turnLog(needs, caller, filter, before),
    export: (call) => exportLog(needs, call),
  };
}

async function showLog(needs: LogNeeds, { caller, options }: CommandCall): Promise<Answer> {
  const job = options.string('job');
  const ref = job === undefined ? undefined : await toRef(needs, job, caller);
  return turnLog(needs, caller, { member: options.string('member'), ref, action: options.string('action') });
}

async function turnLog({ log }: LogNeeds, { guildId }: Caller, filter: LogFilter, before?: number): Promise<Answer> {
  const page = await log.page(guildId, { ...filter, before, limit: ENTRIES_PER_PAGE });
  return { message: toLogPage(guildId, page, filter) };
}

/** The whole log as a file. */
async function exportLog({ log }: LogNeeds, { caller }: CommandCall): Promise<Answer> {
  const { guildId, maxFileBytes } = caller;
  const limits = { name: `log-${guildId}.jsonl`, maxBytes: maxFileBytes };
  const { file, bytes, release } = await writeLines(() => log.exportLines(guildId), limits);
  if (bytes === 0) return { message: toNoticeMessage(logWords.empty(), COLORS.quiet), release };
  return {
    message: toFileMessage(logWords.whole(), file),
    release,
  };
}

/** The log keeps refs alone, also of jobs that are known no more. */
async function toRef({ actions }: LogNeeds, job: string, { guildId }: Caller): Promise<string> {
  const text = job.trim().toLowerCase();
  if (isJobRef(text)) return text;
  const { jobid, known } = await actions.resolve(job, guildId);
  return known?.ref ?? toJobRef(jobid);
}
