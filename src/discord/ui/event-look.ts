import type { TellEvent } from '../../notifications/planning/plan.ts';
import { COLORS } from './notices.ts';

export interface EventLook {
  readonly sign: string;
  /** Goes after "The job": `has completed`. */
  readonly words: string;
  readonly color: number;
}

const LOOKS: Readonly<Record<TellEvent, EventLook>> = {
  started: { sign: '⏳', words: 'has started', color: COLORS.busy },
  completed: { sign: '✅', words: 'is complete', color: COLORS.good },
  moderated: { sign: '🚫', words: 'was moderated', color: COLORS.warn },
  failed: { sign: '❌', words: 'has failed', color: COLORS.bad },
  cancelled: { sign: '⏹️', words: 'was cancelled', color: COLORS.quiet },
  'lost-contact': { sign: '📡', words: 'has not been heard of for too long', color: COLORS.warn },
  expired: { sign: '🗑️', words: 'has expired', color: COLORS.quiet },
};

/** An event in a sign, words and a colour. */
export function toEventLook(event: TellEvent): EventLook {
  return LOOKS[event];
}
