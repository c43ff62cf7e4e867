import { JobEvent } from '../../jobs/job-events.ts';
import { UserError } from '../../shared/errors.ts';
import { cutText } from '../../shared/text.ts';
import { notificationProblemWords } from '../words.ts';

/**
 * Reads `completed, failed`: the events in their usual order, each once. Throws a `UserError` that
 * names the unknown words.
 */
export function parseEvents(text: string): readonly JobEvent[] {
  const words = text
    .toLowerCase()
    .split(/[\s,;]+/u)
    .filter((word) => word !== '');
  const unknown = words.filter((word) => !JobEvent.safeParse(word).success);
  if (unknown.length > 0) throw new UserError('events-unknown', toUnknownSentence(unknown));
  if (words.length === 0) throw new UserError('events-empty', notificationProblemWords.noEvents(JobEvent.options));
  return JobEvent.options.filter((event) => words.includes(event));
}

function toUnknownSentence(unknown: readonly string[]): string {
  const named = unknown.slice(0, 3).map((word) => cutText(word, 30));
  return notificationProblemWords.unknownEvents(named, JobEvent.options);
}
