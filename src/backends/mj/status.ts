import type { WireTask } from './wire-task.ts';

/** How long after its end a task's files may still be on their way, milliseconds. */
const LATE_MEDIA_MS = 120_000;

const REFUSED_TEXT =
  /banned|moderat|sensitive|prohibit|not allowed|community (?:standards|guidelines)|denied|inappropriate|敏感|违规|违禁|禁止|审核/i;
/** Of the server's own account, not of what was asked for. */
const UNCONFIRMED_TEXT = /pending mod|acknowledge/i;
const CANCELLED_TEXT = /cancel|取消/i;
const TIMED_OUT_TEXT = /time.?out|timed out|超时/i;
/** What ends without a picture. */
const TEXT_ACTIONS = new Set(['DESCRIBE', 'SHORTEN']);

/** A status in the words of all backends, and a sentence of our own for what went wrong. */
export interface TaskStatus {
  readonly status: string;
  readonly error?: string;
}

/** What the server says of a task's state; an unknown word is passed on as it is, and counts as running. */
export function toTaskStatus(task: WireTask, nowMs: number): TaskStatus {
  const status = (task.status ?? '').toUpperCase();
  switch (status) {
    case '':
    case 'NOT_START':
    case 'MODAL':
      return { status: 'created' };
    case 'SUBMITTED':
      return { status: 'started' };
    case 'IN_PROGRESS':
      return { status: 'progress' };
    case 'SUCCESS':
      return { status: isWaitingForMedia(task, nowMs) ? 'progress' : 'completed' };
    case 'CANCEL':
      return { status: 'cancelled' };
    case 'FAILURE':
      return toFailure(task.failReason ?? '');
    default:
      return { status: task.status ?? '' };
  }
}

const UNCONFIRMED = 'The server’s Midjourney account has a notice that its owner must confirm first';

/** The server's own words may be in any language, and name its accounts: only their kind is passed on. */
function toFailure(reason: string): TaskStatus {
  if (CANCELLED_TEXT.test(reason)) return { status: 'cancelled' };
  if (UNCONFIRMED_TEXT.test(reason)) return { status: 'failed', error: UNCONFIRMED };
  if (REFUSED_TEXT.test(reason)) return { status: 'moderated', error: 'Midjourney refused the prompt or its result' };
  if (TIMED_OUT_TEXT.test(reason)) return { status: 'failed', error: 'The server waited too long for Midjourney' };
  return { status: 'failed', error: 'The server could not make it' };
}

/** Whether a task waits for the second step of a press. */
export function isModal(task: WireTask): boolean {
  return task.status?.toUpperCase() === 'MODAL';
}

export function isTextAction(action: string | undefined): boolean {
  return TEXT_ACTIONS.has((action ?? '').toUpperCase());
}

/** Files may come a while after the end; a task that never gets any has ended all the same. */
function isWaitingForMedia(task: WireTask, nowMs: number): boolean {
  const hasMedia = (task.imageUrl ?? '') !== '' || task.imageUrls.length > 0 || task.videoUrls.length > 0;
  if (hasMedia || isTextAction(task.action) || task.finishTime === undefined) return false;
  return nowMs - task.finishTime < LATE_MEDIA_MS;
}

/** `31%` as a number, 0 to 100; undefined where it says nothing. */
export function toPercent(progress: string | undefined): number | undefined {
  const digits = /^(\d{1,3})(?:\.\d+)?%?$/.exec(progress?.trim() ?? '')?.[1];
  return digits === undefined ? undefined : Math.min(100, Number(digits));
}
