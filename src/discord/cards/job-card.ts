import { type APIComponentInContainer, type APIMediaGalleryComponent, ButtonStyle, ComponentType } from 'discord.js';
import { isLost, isOver, type Job } from '../../jobs/job.ts';
import { toJobRef } from '../../jobs/job-ref.ts';
import { toPublicJob } from '../../jobs/public-job.ts';
import type { MediaFile, MediaResult } from '../../media/media-file.ts';
import { cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, dateTime, relativeTime, row, separator, text } from '../ui/blocks.ts';
import { toProgressText, toReasonText, toStatusLook, toVerbText } from '../ui/job-words.ts';
import { toPlainLine, toSafeBlock, toSafeLine } from '../ui/outside-text.ts';
import { refreshJob } from '../ui/show-controls.ts';
import { cancelJob, pressWithPrompt, shareJob } from './card-controls.ts';
import { type ButtonMark, type ButtonMarks, NO_MARKS, toButtonSet } from './job-buttons.ts';

export interface JobCardOptions {
  /** Files and what is missing, in the order in which they are shown; none while they are fetched. */
  readonly media?: readonly MediaResult[];
  /** A sentence above everything else, such as that the API cannot be reached. */
  readonly notice?: string;
  /** Who pressed which button. */
  readonly marks?: ButtonMarks;
  /** Whether everybody in the channel sees it. */
  readonly isPublic?: boolean;
  /** Leaves out why a member's job was moderated, and what was refused: that is for that member and the moderators. */
  readonly hidesReason?: boolean;
  /** Shown in place of the media while they are fetched. */
  readonly isFetching?: boolean;
  /** Whether the media are hidden until they are clicked. */
  readonly hasSpoilers?: boolean;
  /** A line before the card, formatted already: whom it mentions. */
  readonly above?: string;
  /** Whether a private card can be shown to the channel. */
  readonly hasShare?: boolean;
  /** Carried by Refresh, so that the message of a delivery can be found again. */
  readonly deliveryId?: string;
}

const TEXT_LIMIT = 3_900;
const GALLERY_ITEMS = 10;
const ALT_TEXT_LENGTH = 1_024;

/** The card of a job: what it is, its media, its whole button set, Refresh. Fits Discord's limits whatever the record holds. */
export function toJobCard(whole: Job, options: JobCardOptions = {}): OutgoingMessage {
  const isSecret = isSecretFrom(whole, options);
  const job = isSecret ? toPublicJob(whole) : whole;
  const buttons = toButtonSet(job, job.goneAt === undefined, options.marks);
  const files = (isSecret ? [] : (options.media ?? []))
    .filter((result): result is MediaFile => result.kind === 'file')
    .slice(0, GALLERY_ITEMS);
  const { above = '' } = options;
  const texts = fitTexts(toTexts(job, options, buttons.leftOut), TEXT_LIMIT - buttons.textLength - above.length - 80);
  const body: APIComponentInContainer[] = texts.above.map(text);
  if (files.length > 0) body.push(toGallery(job, files, options.hasSpoilers === true));
  body.push(...texts.below.map(text));
  if (buttons.rows.length > 0) body.push(separator(), ...buttons.rows);
  body.push(toControls(job, options, buttons.rows.length > 0));
  const card = container(toStatusLook(job).color, body);
  return {
    components: above === '' ? [card] : [text(above), card],
    files: files.map(({ name, path, contentType }) => ({ name, path, contentType })),
  };
}

type TextMaker = (max: number) => string;

interface CardTexts {
  readonly above: readonly TextMaker[];
  readonly below: readonly TextMaker[];
}

/** In a channel it is a secret why any job was moderated; to one person, why a member's was. */
function isSecretFrom(job: Job, { hidesReason, isPublic }: JobCardOptions): boolean {
  const isOfMember = (job.requestedBy ?? job.originGuildId) !== undefined;
  return hidesReason === true && job.status === 'moderated' && (isPublic === true || isOfMember);
}

/** The card's texts; each is made for a given number of characters and may come out empty. */
function toTexts(job: Job, options: JobCardOptions, leftOut: number): CardTexts {
  return {
    above: [
      (max) => (options.notice === undefined ? '' : cutText(`⚠️ ${options.notice}`, Math.min(max, 400))),
      (max) => cutText(toHeading(job), max),
      (max) => toErrorText(job, Math.min(max, 700)),
      (max) => cutText(toFacts(job, options.marks ?? NO_MARKS), max),
      (max) => toPromptText(job, Math.min(max, 1_200)),
      (max) => toEmbedText(job, Math.min(max, 1_000)),
    ],
    below: [(max) => toMediaText(options, Math.min(max, 500)), (max) => toLeftOutText(leftOut, max)],
  };
}

function fitTexts(texts: CardTexts, limit: number): { above: string[]; below: string[] } {
  let left = limit;
  const fill = (makers: readonly TextMaker[]): string[] => {
    const made: string[] = [];
    for (const maker of makers) {
      const content = left < 20 ? '' : maker(left);
      left -= content.length;
      if (content !== '') made.push(content);
    }
    return made;
  };
  return { above: fill(texts.above), below: fill(texts.below) };
}

function toHeading(job: Job): string {
  const { sign, word } = toStatusLook(job);
  const kind = [job.version, job.jobType].filter(Boolean).join(' · ');
  return `### ${sign} ${toSafeLine(word, 60)} · ${toSafeLine(toVerbText(job), 120)}\n-# \`${job.ref}\` · ${kind}`;
}

function toErrorText(job: Job, max: number): string {
  const reason = toReasonText(job);
  return reason === '' ? '' : `**Reason** ${toSafeBlock(reason, max - 11)}`;
}

function toFacts(job: Job, marks: ButtonMarks): string {
  const progress = toProgressText(job);
  const lines = [
    progress && `**Progress** ${progress}`,
    job.apiChannel && `**API channel** ${toSafeLine(job.apiChannel, 40)}`,
    job.createdAt !== undefined && `**Created** ${dateTime(job.createdAt)} (${relativeTime(job.createdAt)})`,
    job.updatedAt !== undefined && `**Updated** ${relativeTime(job.updatedAt)}`,
    job.parentJobid &&
      `**Parent** \`${toJobRef(job.parentJobid)}\`${job.button ? ` by ${toSafeLine(job.button, 60)}` : ''}`,
    toChildrenLine(job, marks),
    ...toWaitingLines(marks),
    job.seed?.value !== undefined && `**Seed** ${job.seed.value}`,
    job.requestedBy && `**Requested by** <@${job.requestedBy}>`,
    job.lostContactAt !== undefined && isLost(job) && `**Lost contact** ${relativeTime(job.lostContactAt)}`,
  ];
  return lines.filter(Boolean).join('\n');
}

function toChildrenLine(job: Job, marks: ButtonMarks): string {
  const named = job.children.map(({ button: label = 'job', jobid }) => ({
    label,
    ref: jobid === undefined ? undefined : toJobRef(jobid),
  }));
  const refs = new Set(named.map(({ ref }) => ref));
  // Made a moment ago: the job's record does not name them yet.
  const made = [...marks].flatMap(([label, { childRef: ref }]) =>
    ref === undefined || refs.has(ref) ? [] : [{ label, ref }],
  );
  const children = [...named, ...made];
  if (children.length === 0) return '';
  const shown = children.slice(0, 10).map(({ label, ref }) => toChildText(label, ref, marks.get(label)));
  const more = children.length - shown.length;
  return `**Children** ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function toChildText(label: string, ref: string | undefined, mark: ButtonMark | undefined): string {
  const name = toSafeLine(label, 40);
  if (ref === undefined) return name;
  if (mark?.childRef !== ref) return `${name} \`${ref}\``;
  const { by, link } = mark;
  return `${name} ${link === undefined ? `\`${ref}\`` : `[\`${ref}\`](${link})`} by <@${by}>`;
}

/** Presses of which the job does not know yet. */
function toWaitingLines(marks: ButtonMarks): string[] {
  const waiting = [...marks].filter(([, mark]) => mark.childRef === undefined).slice(0, 5);
  return waiting.map(
    ([label, { by, isWaiting }]) => `**${isWaiting ? 'Waiting' : 'Pressed'}** ${toSafeLine(label, 40)} by <@${by}>`,
  );
}

function toPromptText(job: Job, max: number): string {
  if (job.prompt === undefined || job.prompt.trim() === '') return '';
  return `> ${toSafeLine(job.prompt, max - 2)}`;
}

function toEmbedText(job: Job, max: number): string {
  const reason = toReasonText(job);
  const texts = job.embeds.flatMap(({ title, description }) => [title, description]);
  // The embed of a job that failed says its reason once more.
  const others = texts.filter((part) => part !== undefined && part.trim() !== '' && !reason.includes(part.trim()));
  return toSafeBlock(others.join('\n'), max);
}

function toMediaText({ media = [], isFetching }: JobCardOptions, max: number): string {
  if (isFetching === true) return '-# ⏳ Fetching the media…';
  const missing = media.filter((result) => result.kind === 'missing');
  const lines = missing.map(({ label, reason }) => `-# ${label}: ${toSafeLine(reason, 120)}`);
  const reduced = media.filter((result) => result.kind === 'file' && result.isReduced).map(({ label }) => label);
  if (reduced.length > 0) lines.unshift(`-# Shown smaller than it is: ${reduced.join(', ')}`);
  return cutText(lines.join('\n'), max);
}

function toLeftOutText(leftOut: number, max: number): string {
  return leftOut > 0 ? cutText(`-# ${leftOut} more buttons do not fit on a card.`, max) : '';
}

function toGallery(job: Job, files: readonly MediaFile[], isSpoiler: boolean): APIMediaGalleryComponent {
  const about = toPlainLine(job.prompt ?? toVerbText(job));
  const items = files.map(({ name, label }) => ({
    media: { url: `attachment://${name}` },
    description: cutText(`${label}: ${about}`, ALT_TEXT_LENGTH),
    ...(isSpoiler && { spoiler: true }),
  }));
  return { type: ComponentType.MediaGallery, items };
}

function toControls(job: Job, { deliveryId, isPublic, hasShare }: JobCardOptions, hasButtons: boolean) {
  const controls = [refreshJob.toButton({ ref: job.ref, deliveryId }, isLost(job) ? 'Check' : 'Refresh')];
  const { ref } = job;
  if (hasButtons && job.goneAt === undefined) controls.push(pressWithPrompt.toButton({ ref }, 'With prompt…'));
  if (hasShare === true && isPublic !== true) controls.push(shareJob.toButton({ ref }, 'Share'));
  if (!isOver(job)) controls.push(cancelJob.toButton({ ref }, 'Cancel job', { style: ButtonStyle.Danger }));
  return row(...controls);
}
