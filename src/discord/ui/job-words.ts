import { isOver, type Job } from '../../jobs/job.ts';
import { toJobEvent } from '../../jobs/job-events.ts';
import { cutText } from '../../shared/text.ts';
import { COLORS } from './notices.ts';
import { toPlainLine } from './outside-text.ts';

/** A status in a sign, a word and a colour. */
export interface StatusLook {
  readonly sign: string;
  readonly word: string;
  readonly color: number;
}

const WORD_LENGTH = 40;

const FINAL_LOOKS = {
  completed: { sign: '✅', word: 'Completed', color: COLORS.good },
  moderated: { sign: '🚫', word: 'Moderated', color: COLORS.warn },
  failed: { sign: '❌', word: 'Failed', color: COLORS.bad },
  cancelled: { sign: '⏹️', word: 'Cancelled', color: COLORS.quiet },
} as const;

const RUNNING_WORDS: Readonly<Record<string, string>> = {
  created: 'Created',
  started: 'Started',
  progress: 'In progress',
};

const CONCEALED_LOOKS = {
  awaiting: { sign: '🔒', word: 'Awaiting review', color: COLORS.warn },
  refused: { sign: '🔒', word: 'Not approved', color: COLORS.quiet },
} as const;

export function toStatusLook(job: Job): StatusLook {
  if (job.concealed === 'awaiting' || job.concealed === 'refused') return CONCEALED_LOOKS[job.concealed];
  if (job.goneAt !== undefined) return { sign: '🗑️', word: 'Expired', color: COLORS.quiet };
  const event = toJobEvent(job);
  if (event !== 'started') return FINAL_LOOKS[event];
  const word = job.isRead ? (RUNNING_WORDS[job.status] ?? cutText(toPlainLine(job.status), WORD_LENGTH)) : 'Running';
  return { sign: '⏳', word, color: COLORS.busy };
}

/** What the job does, in one word or two: `imagine`, `button U1`. */
export function toVerbText(job: Job): string {
  const verb = cutText(toPlainLine(job.verb ?? 'job'), WORD_LENGTH);
  return job.button === undefined ? verb : `${verb} ${cutText(toPlainLine(job.button), WORD_LENGTH)}`;
}

/** `████░░░░░░ 31%`, or nothing where the job does not run or says no progress. */
/** Why a job ended without a result, in the API's words, each said once; empty where it says nothing. */
export function toReasonText({ error, errorDetails }: Pick<Job, 'error' | 'errorDetails'>): string {
  const [short, long] = [error?.trim() ?? '', errorDetails?.trim() ?? ''];
  if (long.includes(short)) return long;
  return short.includes(long) ? short : `${short}: ${long}`;
}

export function toProgressText(job: Job): string | undefined {
  if (isOver(job) || job.progressPercent === undefined) return undefined;
  const percent = Math.min(100, Math.max(0, Math.round(job.progressPercent)));
  const filled = Math.round(percent / 10);
  return `${'█'.repeat(filled)}${'░'.repeat(10 - filled)} ${percent}%`;
}

/** What stands for a job in one line, as plain text: verb, prompt or what it was made of. */
export function toJobTitle(job: { readonly verb?: string; readonly prompt?: string; readonly status: string }): string {
  const prompt = toPlainLine(job.prompt ?? '');
  const verb = toPlainLine(job.verb ?? 'job');
  return prompt === '' ? verb : `${verb} · ${prompt}`;
}
