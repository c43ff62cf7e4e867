import { endOf, isLost, isOver, type Job } from '../../jobs/job.ts';
import { toJobRef } from '../../jobs/job-ref.ts';
import type { MediaResult } from '../../media/media-file.ts';
import { cutText } from '../../shared/text.ts';
import { relativeTime } from '../ui/blocks.ts';
import { toProgressText, toReasonText, toStatusLook, toVerbText } from '../ui/job-words.ts';
import { toAccountText } from '../ui/known-accounts.ts';
import { toPlainLine, toSafeBlock, toSafeLine } from '../ui/outside-text.ts';
import { accountWords } from '../ui/words.ts';
import { type ButtonMarks, NO_MARKS } from './job-buttons.ts';
import { cardWords } from './words.ts';

const HEADING_LENGTH = 140;
const MARKS_SHOWN = 3;
const LINK = /https?:\/\/\S+/gi;
const BOLD = /\*\*/g;

/** Makes a text of at most so many characters; it may come out empty. */
export type TextMaker = (max: number) => string;

/** The job as people know it: its prompt, or what it does. */
export function toHeading(job: Job, max: number): string {
  if (job.concealed !== undefined) return cutText(`### ${cardWords.concealed(job.concealed)}`, max);
  const prompt = toSafeLine((job.prompt ?? '').replace(LINK, '🔗'), Math.min(max - 4, HEADING_LENGTH));
  return `### ${prompt === '' ? toSafeLine(toVerbText(job), Math.min(max - 4, HEADING_LENGTH)) : prompt}`;
}

/** `✅ Completed · Upscale of image 2 · @Olga · 2 minutes ago`, and how far it is while it runs. */
export function toStatusLine(job: Job, max: number): string {
  const { sign, word } = toStatusLook(job);
  const hasPrompt = (job.prompt ?? '').trim() !== '';
  const isNamedAbove = job.concealed === 'awaiting' || job.concealed === 'refused';
  const at = (isOver(job) ? endOf(job) : undefined) ?? job.createdAt;
  const parts = [
    !isNamedAbove && `${sign} ${toSafeLine(word, 60)}`,
    hasPrompt && !isNamedAbove && toSafeLine(toVerbText(job), 120),
    job.requestedBy !== undefined && `<@${job.requestedBy}>`,
    at !== undefined && relativeTime(at),
    job.lostContactAt !== undefined && isLost(job) && cardWords.lostContact(relativeTime(job.lostContactAt)),
  ];
  const lines = [parts.filter((part) => part !== false).join(' · '), toProgressText(job) ?? ''];
  return cutText(lines.filter((line) => line !== '').join('\n'), max);
}

/** Why it ended without a result. */
export function toErrorText(job: Job, max: number): string {
  const reason = toReasonText(job);
  return reason === '' ? '' : cardWords.reason(toSafeBlock(reason, max - cardWords.reason('').length));
}

/** What Midjourney wrote instead of making pictures: descriptions, the account's state, that a mode is on. */
export function toAnswerText(job: Job, max: number): string {
  const reason = toReasonText(job);
  const hasPictures = job.attachments.length + job.imageUx.length + job.videoUx.length > 0;
  const isAnswer = !hasPictures && job.prompt === undefined;
  const parts = [
    ...job.embeds.flatMap(({ title, description }) => [title, description]),
    isAnswer ? job.content : undefined,
    isAnswer ? job.seed?.content : undefined,
  ];
  // The embed of a job that failed says its reason once more.
  const said = parts.flatMap((part) => {
    const plain = (part ?? '').replace(BOLD, '').trim();
    return plain === '' || (reason !== '' && saysTheSame(plain, reason)) ? [] : [plain];
  });
  return toSafeBlock([...new Set(said)].join('\n'), max);
}

function saysTheSame(text: string, reason: string): boolean {
  const [one, other] = [toPlainLine(text), toPlainLine(reason)];
  return other.includes(one) || one.includes(other);
}

/** What is missing among the pictures, and what is smaller than it is. */
export function toMediaText(media: readonly MediaResult[], isFetching: boolean, max: number): string {
  if (isFetching) return cardWords.fetching;
  const missing = media.filter((result) => result.kind === 'missing');
  const lines = missing.map(({ label, reason }) => cardWords.notShown(label, toSafeLine(reason, 120)));
  const reduced = media.filter((result) => result.kind === 'file' && result.isReduced).map(({ label }) => label);
  if (reduced.length > 0) lines.unshift(cardWords.shownSmaller(reduced.join(', ')));
  return cutText(lines.join('\n'), max);
}

/** `ykb760rn · on Studio · from s0ddev5f · 9 made from it`, and the buttons that were used here last. */
export function toSmallText(job: Job, marks: ButtonMarks = NO_MARKS, max = 600): string {
  const count = countChildren(job, marks);
  const parts = [
    `\`${job.ref}\``,
    job.accountName !== undefined && accountWords.on(toAccountText(job.accountName)),
    job.parentJobid !== undefined && cardWords.madeFrom(`\`${toJobRef(job.parentJobid)}\``),
    count > 0 && cardWords.madeFromIt(count),
  ];
  const first = `-# ${parts.filter((part) => part !== false).join(' · ')}`;
  const lines = [...marks].slice(-MARKS_SHOWN).map(([label, mark]) => `-# ${toMarkText(toSafeLine(label, 40), mark)}`);
  let text = first;
  for (const line of lines.reverse()) if (text.length + line.length + 1 <= max) text += `\n${line}`;
  return text;
}

function toMarkText(label: string, { by, childRef, link, isWaiting }: MarkOf): string {
  if (childRef === undefined)
    return isWaiting ? cardWords.buttonWaiting(label, by) : cardWords.buttonStarting(label, by);
  return cardWords.buttonMade(label, link === undefined ? `\`${childRef}\`` : `[\`${childRef}\`](${link})`, by);
}

type MarkOf = ButtonMarks extends ReadonlyMap<string, infer Mark> ? Mark : never;

/** Those that the record names, and those made a moment ago. */
export function countChildren(job: Job, marks: ButtonMarks = NO_MARKS): number {
  const named = job.children.map(({ jobid }, at) => (jobid === undefined ? `unnamed ${at}` : toJobRef(jobid)));
  const made = [...marks.values()].flatMap(({ childRef }) => childRef ?? []);
  return new Set([...named, ...made]).size;
}
