import {
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIMediaGalleryComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import { isLost, isOver, type Job } from '../../jobs/job.ts';
import { toPublicJob } from '../../jobs/public-job.ts';
import { takesPrompt } from '../../jobs/submissions/press-rules.ts';
import type { MediaFile, MediaResult } from '../../media/media-file.ts';
import { toChunks } from '../../shared/chunks.ts';
import { cutText } from '../../shared/text.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { container, row, text } from '../ui/blocks.ts';
import { toStatusLook, toVerbText } from '../ui/job-words.ts';
import { toPlainLine } from '../ui/outside-text.ts';
import { refreshJob } from '../ui/show-controls.ts';
import { cancelJob, notifyMe, pressWithPrompt, shareJob, showDetails, showFamilyOf } from './card-controls.ts';
import {
  countChildren,
  type TextMaker,
  toAnswerText,
  toErrorText,
  toHeading,
  toMediaText,
  toSmallText,
  toStatusLine,
} from './card-texts.ts';
import { type ButtonMarks, type ButtonSet, NO_BUTTONS, toButtonSet } from './job-buttons.ts';
import { cardWords } from './words.ts';

/** What the one who sees a private card may do with it. */
export interface CardViewer {
  readonly mayPress: boolean;
  readonly mayShare: boolean;
  readonly mayCancel: boolean;
}

export interface JobCardOptions {
  /** Files and what is missing, in the order in which they are shown; none while they are fetched. */
  readonly media?: readonly MediaResult[];
  /** A sentence above everything else, such as that the API cannot be reached. */
  readonly notice?: string;
  /** Who pressed which button. */
  readonly marks?: ButtonMarks;
  /** Whether everybody in the channel sees it. */
  readonly isPublic?: boolean;
  /** Who sees it alone: what they may not do is left out. Everything is there without. */
  readonly viewer?: CardViewer;
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
  /** Whether the message follows its job to the end. */
  readonly isLive?: boolean;
  /** Who showed it to the channel. */
  readonly sharedBy?: string;
  /** Carried by Refresh, so that the message of a delivery can be found again. */
  readonly deliveryId?: string;
}

const TEXT_LIMIT = 3_900;
const GALLERY_ITEMS = 10;
const ALT_TEXT_LENGTH = 1_024;
const PER_ROW = 5;
/** Characters that are kept for what stands below the pictures. */
const BELOW = 900;

/**
 * The card of a job: its prompt, how it stands, its pictures, its whole button set, what else can be done. Fits
 * Discord's limits whatever the record holds.
 */
export function toJobCard(whole: Job, options: JobCardOptions = {}): OutgoingMessage {
  const isSecret = isSecretFrom(whole, options);
  const job = isSecret ? toPublicJob(whole) : whole;
  const mayPress = options.isPublic === true || options.viewer?.mayPress !== false;
  const buttons =
    mayPress && job.presses !== 'none' ? toButtonSet(job, job.goneAt === undefined, options.marks) : NO_BUTTONS;
  const files = (isSecret ? [] : (options.media ?? []))
    .filter((result): result is MediaFile => result.kind === 'file')
    .slice(0, GALLERY_ITEMS);
  const { above = '' } = options;
  const limit = TEXT_LIMIT - buttons.textLength - above.length - 80;
  const head = fitTexts(toHeadTexts(job, options), limit - BELOW);
  const below = fitTexts(toBelowTexts(job, options, buttons), limit - head.length);
  const body: APIComponentInContainer[] = [text(head)];
  if (files.length > 0) body.push(toGallery(job, files, options.hasSpoilers === true));
  body.push(...buttons.rows, ...toControlRows(job, options, buttons.rows.length > 0), text(below));
  const card = container(toStatusLook(job).color, body);
  return {
    components: above === '' ? [card] : [text(above), card],
    files: files.map(({ name, path, contentType }) => ({ name, path, contentType })),
  };
}

/** In a channel it is a secret why any job was moderated; to one person, why a member's was. */
function isSecretFrom(job: Job, { hidesReason, isPublic }: JobCardOptions): boolean {
  const isOfMember = (job.requestedBy ?? job.originGuildId) !== undefined;
  return hidesReason === true && job.status === 'moderated' && (isPublic === true || isOfMember);
}

function toHeadTexts(job: Job, { notice }: JobCardOptions): readonly TextMaker[] {
  return [
    (max) => (notice === undefined ? '' : cutText(`⚠️ ${notice}`, Math.min(max, 400))),
    (max) => toHeading(job, max),
    (max) => toStatusLine(job, max),
    (max) => toErrorText(job, Math.min(max, 700)),
    (max) => toAnswerText(job, Math.min(max, 1_500)),
  ];
}

function toBelowTexts(job: Job, options: JobCardOptions, { leftOut }: ButtonSet): readonly TextMaker[] {
  const { media = [], isFetching = false, marks, isPublic, viewer, sharedBy } = options;
  const hasPresses = job.buttons.length > 0 && job.presses !== 'none';
  const mayNotPress = isPublic !== true && viewer?.mayPress === false && hasPresses;
  return [
    (max) => toMediaText(media, isFetching, Math.min(max, 500)),
    (max) => (leftOut > 0 ? cutText(cardWords.leftOutButtons(leftOut), max) : ''),
    (max) => (mayNotPress ? cutText(cardWords.mayNotPress, max) : ''),
    (max) => toSmallText(job, marks, max),
    (max) => (sharedBy === undefined ? '' : cutText(cardWords.sharedBy(sharedBy), max)),
  ];
}

/** The texts as lines of one, as many as fit. */
function fitTexts(makers: readonly TextMaker[], limit: number): string {
  const made: string[] = [];
  let left = limit;
  for (const maker of makers) {
    const content = left < 20 ? '' : maker(left);
    if (content === '') continue;
    left -= content.length + 1;
    made.push(content);
  }
  return made.join('\n');
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

/** What can be done with any job, in one row, or two. */
function toControlRows(job: Job, options: JobCardOptions, hasButtons: boolean) {
  const { deliveryId, sharedBy, isPublic, isLive, hasShare, marks, viewer } = options;
  const { ref } = job;
  const hasFamily = job.parentJobid !== undefined || countChildren(job, marks) > 0;
  const controls: (APIButtonComponent | false)[] = [
    refreshJob.toButton({ ref, deliveryId, sharedBy }, isLost(job) ? cardWords.check : cardWords.refresh),
    hasButtons &&
      job.goneAt === undefined &&
      job.presses === undefined &&
      job.buttons.some(takesPrompt) &&
      pressWithPrompt.toButton({ ref }, cardWords.remix),
    showDetails.toButton({ ref }, cardWords.details),
    hasFamily && showFamilyOf.toButton({ ref }, cardWords.family),
    hasShare === true && isPublic !== true && viewer?.mayShare !== false && shareJob.toButton({ ref }, cardWords.share),
    isLive === true && !isOver(job) && notifyMe.toButton({ ref }, cardWords.notifyMe),
    !isOver(job) &&
      job.isUncancellable !== true &&
      (isPublic === true || viewer?.mayCancel !== false) &&
      cancelJob.toButton({ ref }, cardWords.cancelJob, { style: ButtonStyle.Danger }),
  ];
  return toChunks(
    controls.filter((control) => control !== false),
    PER_ROW,
  ).map((some) => row(...some));
}
