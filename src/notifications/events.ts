import { z } from 'zod';
import type { Job } from '../jobs/job.ts';
import { UserError } from '../shared/errors.ts';

/** What can happen to a job that a channel may be told. */
export const JobEvent = z.enum(['started', 'completed', 'moderated', 'failed', 'cancelled']);
export type JobEvent = z.infer<typeof JobEvent>;

/** What a rule tells when nobody said otherwise. */
export const DEFAULT_EVENTS: readonly JobEvent[] = ['completed', 'moderated', 'failed'];

/** How v3 says that a person cancelled: the status is `failed`, the error this. */
const CANCELLED_BY_USER = /^job cancelled by user\b/i;

/** The event that a job's status stands for; `undefined` for one that has not started, or a status nobody knows. */
export function toJobEvent(job: Pick<Job, 'status' | 'error'>): JobEvent | undefined {
  if (job.status === 'failed' && CANCELLED_BY_USER.test(job.error?.trim() ?? '')) return 'cancelled';
  if (job.status === 'progress') return 'started';
  return JobEvent.safeParse(job.status).data;
}

/** Reads `completed, failed`: the events in their usual order, each once. Throws a `UserError` that names the unknown words. */
export function parseEvents(text: string): readonly JobEvent[] {
  const words = text
    .toLowerCase()
    .split(/[\s,;]+/u)
    .filter((word) => word !== '');
  const unknown = words.filter((word) => !JobEvent.safeParse(word).success);
  if (unknown.length > 0) throw new UserError('events-unknown', toUnknownSentence(unknown));
  if (words.length === 0)
    throw new UserError('events-empty', `Name at least one event: ${JobEvent.options.join(', ')}.`);
  return JobEvent.options.filter((event) => words.includes(event));
}

function toUnknownSentence(unknown: readonly string[]): string {
  const named = unknown
    .slice(0, 3)
    .map((word) => `“${word.slice(0, 30)}”`)
    .join(', ');
  const verb = unknown.length === 1 ? 'is not an event' : 'are not events';
  return `${named} ${verb}. Use a comma-separated list of ${JobEvent.options.join(', ')}.`;
}
