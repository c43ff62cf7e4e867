import { isOver, type Job } from '../../jobs/job.ts';
import { toNotificationEvent } from '../../notifications/notification-events.ts';
import { cutText } from '../../shared/text.ts';
import { toEventLook } from './event-look.ts';
import { COLORS } from './notices.ts';
import { toPlainLine } from './outside-text.ts';

/** A status in a sign, a word and a colour. */
export interface StatusLook {
  readonly sign: string;
  readonly word: string;
  readonly color: number;
}

const WORD_LENGTH = 40;

const RUNNING_WORDS: ReadonlyMap<string, string> = new Map([
  ['created', 'Created'],
  ['started', 'Started'],
  ['progress', 'In progress'],
]);

const CONCEALED_LOOKS = {
  awaiting: { sign: '🔒', word: 'Awaiting review', color: COLORS.warn },
  refused: { sign: '🔒', word: 'Not approved', color: COLORS.quiet },
} as const;

export function toStatusLook(job: Job): StatusLook {
  if (job.concealed === 'awaiting' || job.concealed === 'refused') return CONCEALED_LOOKS[job.concealed];
  const event = toNotificationEvent(job);
  const look = toEventLook(event);
  if (event !== 'started' || !job.isRead) return look;
  return { ...look, word: RUNNING_WORDS.get(job.status) ?? cutText(toPlainLine(job.status), WORD_LENGTH) };
}

/** What the job does, as people say it: `Imagine`, `Upscale of image 2`, `Vary (Strong)`. */
export function toVerbText({ verb, button, jobType }: Pick<Job, 'verb' | 'button' | 'jobType'>): string {
  if (button !== undefined) return toButtonText(cutText(toPlainLine(button), WORD_LENGTH), jobType);
  const plain = toPlainLine(verb ?? '');
  return VERB_TEXTS.get(plain) ?? (plain === '' ? 'Job' : cutText(plain, WORD_LENGTH));
}

const VERB_TEXTS: ReadonlyMap<string, string> = new Map([
  ['imagine', 'Imagine'],
  ['button', 'Button'],
  ['blend', 'Blend'],
  ['describe', 'Describe'],
  ['info', 'Account info'],
  ['relax', 'Relax mode'],
  ['fast', 'Fast mode'],
  ['turbo', 'Turbo mode'],
  ['variability', 'Variability'],
  ['remix', 'Remix mode'],
  ['seed', 'Seed'],
  ['seed_async', 'Seed'],
]);

const BUTTON_TEXTS: ReadonlyMap<string, string> = new Map([
  ['🔄', 'Reroll'],
  ['⬅️', 'Pan left'],
  ['➡️', 'Pan right'],
  ['⬆️', 'Pan up'],
  ['⬇️', 'Pan down'],
]);

function toButtonText(label: string, jobType: Job['jobType']): string {
  const [, kind, number] = /^([UV])([1-4])$/.exec(label) ?? [];
  const what = jobType === 'video' ? 'video' : 'image';
  if (number !== undefined) return `${kind === 'U' ? 'Upscale' : 'Variation'} of ${what} ${number}`;
  return BUTTON_TEXTS.get(label) ?? label;
}

/** Why a job ended without a result, in the API's words, each said once; empty where it says nothing. */
export function toReasonText({ error, errorDetails }: Pick<Job, 'error' | 'errorDetails'>): string {
  const [short, long] = [error?.trim() ?? '', errorDetails?.trim() ?? ''];
  if (long.includes(short)) return long;
  return short.includes(long) ? short : `${short}: ${long}`;
}

/** `████░░░░░░ 31%`, or nothing where the job does not run or says no progress. */
export function toProgressText(job: Job): string | undefined {
  if (isOver(job) || job.progressPercent === undefined) return undefined;
  const percent = Math.min(100, Math.max(0, Math.round(job.progressPercent)));
  const filled = Math.round(percent / 10);
  return `${'█'.repeat(filled)}${'░'.repeat(10 - filled)} ${percent}%`;
}

interface Titled extends Pick<Job, 'verb' | 'prompt' | 'button' | 'jobType'> {
  readonly status: string;
}

/** What stands for a job in one line, as plain text: what it does and its prompt. */
export function toJobTitle(job: Titled): string {
  const prompt = toPlainLine(job.prompt ?? '');
  const verb = toVerbText(job);
  return prompt === '' ? verb : `${verb} · ${prompt}`;
}
