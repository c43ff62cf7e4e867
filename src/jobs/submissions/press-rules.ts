import { isYounger } from '../../shared/clock.ts';
import type { Submission } from './submission.ts';
import type { PressTrace } from './submission-store.ts';

/** What a button must be given before it can be pressed. */
export type ButtonNeed = 'nothing' | 'prompt' | 'mask';

/** Names never seen before need nothing. */
export function needsOf(label: string): ButtonNeed {
  if (label === 'Custom Zoom') return 'prompt';
  return label === 'Vary (Region)' ? 'mask' : 'nothing';
}

/** Whether the button may be pressed with a prompt, where the account's Remix mode is on or without. */
export function takesPrompt(label: string): boolean {
  return /^V[1-4]$|^Vary\b|^(Custom Zoom|Make Variations|Remaster|🔄|⬅️|➡️|⬆️|⬇️)$/.test(label);
}

const ZOOM = /\s*--zoom(?:\s+(\S+))?/gi;

/** The prompt with `--zoom 1.8` at its end, to begin with. */
export function withZoom(prompt: string): string {
  return `${prompt.replace(ZOOM, '').trim()} --zoom 1.8`.trim();
}

/** Whether a prompt says how far to zoom out: once, by a number from 1 to 2. */
export function hasSoundZoom(prompt: string): boolean {
  const [first, ...others] = [...prompt.matchAll(ZOOM)].map(([, value = '']) => value);
  if (first === undefined || others.length > 0 || !/^\d+(\.\d+)?$/.test(first)) return false;
  return Number(first) >= 1 && Number(first) <= 2;
}

/** U1 to U4: Midjourney does each once for ever. */
export function isOnceOnly(label: string): boolean {
  return /^U[1-4]$/.test(label);
}

/** A job that the button made, whoever pressed it. */
export interface MadeChild {
  readonly jobid: string;
  /** Whether it ended without a result. */
  readonly hasFailed: boolean;
}

export interface PressQuestion {
  readonly label: string;
  readonly trace: PressTrace;
  /** Oldest first. */
  readonly children: readonly MadeChild[];
  /** Whether this process waits for the answer to the last submission. */
  readonly isInFlight: boolean;
  /** Whether a submission of unknown outcome was looked for and not found. */
  readonly wasLookedFor: boolean;
  readonly isConfirmed: boolean;
  /** The submission that the person was shown and wants to repeat. */
  readonly confirms?: string | undefined;
  readonly now: number;
}

/**
 * `look`: find out what became of the last submission first. `missing`: looked for and not found; may be repeated on
 * purpose.
 */
export type PressDecision =
  | { readonly kind: 'send' }
  | { readonly kind: 'look'; readonly last: Submission }
  | { readonly kind: 'missing'; readonly last: Submission }
  | { readonly kind: 'existing'; readonly jobid: string }
  | { readonly kind: 'already-pressed'; readonly last: Submission }
  | { readonly kind: 'confirm'; readonly last?: Submission };

/** Milliseconds for which a button stays locked after a press of it has ended. */
const LOCK_MS = 10_000;

/**
 * Whether a press may be sent, from what is known of the button; what cannot be known costs a confirmation,
 * never a second job.
 */
export function decidePress(question: PressQuestion): PressDecision {
  const { label, trace, children, isInFlight, wasLookedFor } = question;
  const { last } = trace;
  const isHeld = last?.state === 'waiting' || (last?.state === 'sending' && isInFlight);
  if (last !== undefined && isHeld) return { kind: 'already-pressed', last };
  const child = children.findLast(({ hasFailed }) => !hasFailed);
  if (isOnceOnly(label) && child !== undefined) return { kind: 'existing', jobid: child.jobid };
  if (last?.state === 'unknown' || last?.state === 'sending') {
    if (!wasLookedFor) return { kind: 'look', last };
    return isConfirmed(question, last) ? { kind: 'send' } : { kind: 'missing', last };
  }
  return decideRepeat(question);
}

function decideRepeat(question: PressQuestion): PressDecision {
  const { trace, children, now } = question;
  const made = trace.made ?? trace.last;
  const isMade = made?.state === 'done' || made?.state === 'existing';
  if (!isMade && children.length === 0) return { kind: 'send' };
  if (!isMade) return question.isConfirmed ? { kind: 'send' } : { kind: 'confirm' };
  if (isLocked(made, now)) return { kind: 'already-pressed', last: made };
  return isConfirmed(question, made) ? { kind: 'send' } : { kind: 'confirm', last: made };
}

/**
 * A confirmation that names its submission holds for that submission only; one that names none holds when the lock is
 * over.
 */
function isConfirmed({ isConfirmed: says, confirms, now }: PressQuestion, last: Submission): boolean {
  if (!says) return false;
  return confirms === undefined ? !isLocked(last, now) : confirms === last.id;
}

function isLocked(last: Submission, now: number): boolean {
  return isYounger(last.endedAt ?? last.sentAt ?? last.askedAt, LOCK_MS, now);
}
