import type { NotificationEvent } from '../../notifications/notification-events.ts';
import { COLORS } from './notices.ts';
import { eventWords } from './words.ts';

export interface EventLook {
  readonly sign: string;
  /** By itself, on a card: `Completed`. */
  readonly word: string;
  /** Goes after "The job": `has completed`. */
  readonly words: string;
  readonly color: number;
}

const LOOKS: Readonly<Record<NotificationEvent, EventLook>> = {
  started: { ...eventWords.started, sign: '⏳', color: COLORS.busy },
  completed: { ...eventWords.completed, sign: '✅', color: COLORS.good },
  moderated: { ...eventWords.moderated, sign: '🚫', color: COLORS.warn },
  failed: { ...eventWords.failed, sign: '❌', color: COLORS.bad },
  cancelled: { ...eventWords.cancelled, sign: '⏹️', color: COLORS.quiet },
  'lost-contact': { ...eventWords['lost-contact'], sign: '📡', color: COLORS.warn },
  expired: { ...eventWords.expired, sign: '🗑️', color: COLORS.quiet },
};

export function toEventLook(event: NotificationEvent): EventLook {
  return LOOKS[event];
}
