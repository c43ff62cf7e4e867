import type { Notice } from '../../notifications/delivery/channel-poster.ts';
import { cutText } from '../../shared/text.ts';
import { toJobTitle, toStatusLook } from '../ui/job-words.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { noticeWords } from './words.ts';

const TITLE_LENGTH = 100;

/** The title of a forum post, which ends with the account where there are several: at most 100 characters. */
export function toForumTitle(notice: Notice): string {
  if (notice.kind === 'batch') return noticeWords.batchTitle(notice.lines.length);
  const { accountName } = notice.job;
  const { sign } = toStatusLook(notice.job);
  const account = accountName === undefined ? '' : ` · ${cutText(toPlainLine(accountName), 40)}`;
  return `${cutText(toPlainLine(`${sign} ${toJobTitle(notice.job)}`), TITLE_LENGTH - account.length)}${account}`;
}
