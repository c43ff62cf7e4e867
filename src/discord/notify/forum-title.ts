import type { Notice } from '../../notifications/delivery/channel-poster.ts';
import { countOf, cutText } from '../../shared/text.ts';
import { toJobTitle, toStatusLook } from '../ui/job-words.ts';
import { toPlainLine } from '../ui/outside-text.ts';

const TITLE_LENGTH = 100;

/** The title of a forum post: never empty, at most 100 characters. */
export function toForumTitle(notice: Notice): string {
  if (notice.kind === 'batch') return countOf(notice.lines.length, 'job');
  const { sign } = toStatusLook(notice.job);
  return cutText(toPlainLine(`${sign} ${toJobTitle(notice.job)}`), TITLE_LENGTH);
}
