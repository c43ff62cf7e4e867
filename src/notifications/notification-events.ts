import { z } from 'zod';
import type { Job } from '../jobs/job.ts';
import { JobEvent, toJobEvent } from '../jobs/job-events.ts';

/**
 * What channels are notified of: what happens to a job, that contact with it was lost, and that it expired, which live
 * cards alone say.
 */
export const NotificationEvent = z.enum([...JobEvent.options, 'lost-contact', 'expired']);
export type NotificationEvent = z.infer<typeof NotificationEvent>;

/** What is special about an event. */
export interface EventFacts {
  /** Whether the job is over with it: it ends the job's live cards, and what is stored of the job shows it. */
  readonly endsJob: boolean;
  /** Whether a live card of the job shows it in its channel, in the place of a post. */
  readonly isOnLiveCard: boolean;
  /** What a rule must name to be notified of it. */
  readonly wantedAs: JobEvent;
  /** Whether a rule names it where nobody said otherwise. */
  readonly isDefault: boolean;
  /** Since when it is so: as the API says, which may be long ago where API or bot were down, or from now on. */
  readonly since: 'api' | 'now';
}

/** All events; how each looks is in `src/discord/ui/event-look.ts`. */
export const EVENTS: Readonly<Record<NotificationEvent, EventFacts>> = {
  started: { endsJob: false, isOnLiveCard: true, wantedAs: 'started', isDefault: false, since: 'api' },
  completed: { endsJob: true, isOnLiveCard: true, wantedAs: 'completed', isDefault: true, since: 'api' },
  moderated: { endsJob: true, isOnLiveCard: true, wantedAs: 'moderated', isDefault: true, since: 'api' },
  failed: { endsJob: true, isOnLiveCard: true, wantedAs: 'failed', isDefault: true, since: 'api' },
  cancelled: { endsJob: true, isOnLiveCard: true, wantedAs: 'cancelled', isDefault: false, since: 'api' },
  'lost-contact': { endsJob: false, isOnLiveCard: false, wantedAs: 'failed', isDefault: false, since: 'now' },
  expired: { endsJob: true, isOnLiveCard: true, wantedAs: 'failed', isDefault: false, since: 'api' },
};

/** The only event that moderators hold back: what else ends a job has no result to be reviewed. */
export const HELD_EVENT: NotificationEvent = 'completed';

/** What a rule names where nobody said otherwise. */
export const DEFAULT_EVENTS: readonly JobEvent[] = JobEvent.options.filter((event) => EVENTS[event].isDefault);

/** The event that the job's state stands for. */
export function toNotificationEvent(job: Pick<Job, 'status' | 'error' | 'goneAt'>): NotificationEvent {
  return job.goneAt === undefined ? toJobEvent(job) : 'expired';
}
