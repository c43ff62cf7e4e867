import { toBackoffMs } from '../../shared/backoff.ts';
import { LEVELS, type Level } from './channel-poster.ts';
import type { Failing } from './post-record.ts';

/** Milliseconds after which a message that Discord takes in no form is dropped. */
const GIVE_UP_AFTER_MS = 6 * 60 * 60 * 1000;
/** Failures that it takes as well: hours in which nobody could try do not count. */
const GIVE_UP_AFTER_COUNT = 10;
const PAUSES = { firstMs: 5_000, maxMs: 10 * 60_000 };
/** Failures after which a level is to blame where other requests pass. */
const BLAMED_AFTER = 2;
/** Failures after which it is to blame whatever else passes. */
const SURELY_BLAMED_AFTER = 10;

/** One failure more; one that is still to come was noted before the clock was set back. */
export function noteFailure(failing: Failing | undefined, now: number): Failing {
  return { since: Math.min(failing?.since ?? now, now), count: (failing?.count ?? 0) + 1 };
}

/** Whether hours of trying are enough. */
export function isHopeless({ since, count }: Failing, now: number): boolean {
  return now - since > GIVE_UP_AFTER_MS && count >= GIVE_UP_AFTER_COUNT;
}

/** Milliseconds until the next try: twice as many each time. */
export function toPauseMs({ count }: Failing): number {
  return toBackoffMs(PAUSES, count);
}

/** The next smaller form of a message; `undefined` for the smallest. */
export function toLowerLevel(level: Level): Level | undefined {
  return LEVELS[LEVELS.indexOf(level) + 1];
}

/**
 * Whether the form of a message is why it does not get through. The channel was just looked through, so Discord
 * answers: where it never answers this one, it takes too long to send; where it fails, messages that it took meanwhile
 * tell its trouble from the message's.
 */
export function isLevelToBlame(failing: Failing, seen: { readonly isUnanswered: boolean; readonly takenAt: number }) {
  if (failing.count >= SURELY_BLAMED_AFTER) return true;
  return failing.count >= BLAMED_AFTER && (seen.isUnanswered || seen.takenAt > failing.since);
}
