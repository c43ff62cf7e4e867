import { isOver, type Job } from '../../jobs/job.ts';
import { toMediaSources } from '../../jobs/job-media.ts';
import { toPublicJob } from '../../jobs/public-job.ts';
import { MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES } from '../../media/limits.ts';
import type { MediaFile, MediaResult } from '../../media/media-file.ts';
import type { Level, Notice, PrepareOptions } from '../../notifications/delivery/channel-poster.ts';
import { toNotificationEvent } from '../../notifications/notification-events.ts';
import { type JobCardOptions, toJobCard } from '../cards/job-card.ts';
import type { MarkReader } from '../cards/job-cards.ts';
import { lendMedia, type MediaLender } from '../cards/lend-media.ts';
import { toUploadReasonOf } from '../core/discord-errors.ts';
import type { MessageMaker, NoticeMessage } from '../core/message-maker.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { toForumTitle } from './forum-title.ts';
import { toEndingNotice, toMentions, toTextNotice } from './job-notices.ts';
import { toSummaryCard } from './summary-card.ts';
import { noticeWords, sampleWords } from './words.ts';

/** `answerCode`: what Discord said to its media. */
type PublicCard = JobCardOptions & { readonly guildId?: string; readonly answerCode: number };
type MediaChoice = 'full' | 'spoiler' | 'none';

/** Makes messages of notices: the same cards as commands show, their media lent by the media store. */
export class NoticeMessages implements MessageMaker {
  readonly #media: MediaLender;
  readonly #marks: MarkReader | undefined;

  constructor(media: MediaLender, marks?: MarkReader) {
    this.#media = media;
    this.#marks = marks;
  }

  async make(whole: Notice, { deliveryId, level, guildId, answerCode = 0 }: PrepareOptions): Promise<NoticeMessage> {
    const notice = toShownNotice(whole, level);
    const place = guildId === undefined ? {} : { guildId };
    if (notice.kind === 'live-card') {
      const { job } = notice;
      if (level !== 'text-only')
        return this.#makeCard(
          job,
          { deliveryId, answerCode, isLive: true, ...place },
          isOver(job) ? 'full' : 'none',
          level,
        );
      return bare(toTextNotice(job, toNotificationEvent(job), { deliveryId }));
    }
    const { above, ...mentions } = toMentions(notice.mentionRoleIds, notice.mentionUserIds);
    const made = await this.#makeMentioning(notice, { deliveryId, answerCode, above, ...place }, level);
    return { message: { ...made.message, ...mentions }, release: made.release };
  }

  toFollowedJob(notice: Notice): Job | undefined {
    return notice.kind === 'live-card' ? notice.job : undefined;
  }

  toTitle(notice: Notice, level: Level): string {
    return toForumTitle(toShownNotice(notice, level));
  }

  async #makeMentioning(
    notice: Exclude<Notice, { kind: 'live-card' }>,
    options: PublicCard & { readonly deliveryId: string; readonly above: string },
    level: Level,
  ): Promise<NoticeMessage> {
    if (notice.kind === 'batch') return bare(toSummaryCard(notice.batch, notice.lines, options));
    const { job, event } = notice;
    if (level === 'text-only') return bare(toTextNotice(job, event, options));
    if (notice.kind === 'ending') return this.#makeEnding(notice, options, level);
    const remarks = [
      notice.isSample === true && sampleWords.remark(),
      event === 'lost-contact' && noticeWords.lostContact(),
    ].filter(Boolean);
    const remark = remarks.length > 0 ? { notice: remarks.join(' ') } : {};
    return this.#makeCard(job, { ...options, ...remark }, notice.media, level);
  }

  /** With one small picture, where there is one that Discord takes. */
  async #makeEnding(
    { job, event, cardLink }: Extract<Notice, { kind: 'ending' }>,
    { deliveryId, above, guildId }: PublicCard & { readonly deliveryId: string; readonly above: string },
    level: Level,
  ): Promise<NoticeMessage> {
    const options = { deliveryId, above, cardLink };
    const [source] = level === 'whole' ? toMediaSources(job).filter(({ label }) => !label.startsWith('video')) : [];
    if (source === undefined) return bare(toEndingNotice(job, event, options));
    const limits = { maxFileBytes: MAX_FILE_BYTES, maxFiles: 1, maxTotalBytes: MAX_FILE_BYTES };
    const lease = await this.#media.lease({ ref: job.ref, guildId, sources: [source], ...limits });
    const picture = lease.results.find(isPicture);
    return { message: toEndingNotice(job, event, { ...options, picture }), release: () => lease.release() };
  }

  async #makeCard(whole: Job, card: PublicCard, choice: MediaChoice, level: Level): Promise<NoticeMessage> {
    const { guildId, answerCode, ...rest } = card;
    const marks = guildId === undefined ? undefined : await this.#marks?.of(guildId, whole.ref);
    const job = (guildId === undefined ? undefined : await this.#marks?.withOwnChildren(guildId, whole)) ?? whole;
    const options: JobCardOptions = { ...rest, isPublic: true, hidesReason: true, ...(marks && { marks }) };
    const sources = choice === 'none' ? [] : toMediaSources(job);
    if (sources.length === 0) return bare(toJobCard(job, options));
    if (level === 'without-media') {
      const reason = toUploadReasonOf(answerCode);
      const media = sources.map(({ label }): MediaResult => ({ kind: 'missing', label, reason }));
      return bare(toJobCard(job, { ...options, media }));
    }
    const limits = { guildId, maxFileBytes: MAX_FILE_BYTES, maxFiles: MAX_FILES, maxTotalBytes: MAX_TOTAL_BYTES };
    const lease = await lendMedia(this.#media, job, limits);
    const shown = { ...options, media: lease.results, hasSpoilers: choice === 'spoiler' };
    return { message: toJobCard(job, shown), release: () => lease.release() };
  }
}

/** The least that is sent names ref and status alone: words from outside are what Discord's filters refuse. */
function toShownNotice(notice: Notice, level: Level): Notice {
  const toShown = (job: Job) => (level === 'text-only' ? withoutWords(toPublicJob(job)) : toPublicJob(job));
  if (notice.kind !== 'batch') return { ...notice, job: toShown(notice.job) };
  return { ...notice, lines: notice.lines.map((line) => ({ ...line, job: toShown(line.job) })) };
}

function withoutWords({ prompt: _prompt, verb: _verb, button: _button, ...job }: Job): Job {
  return job;
}

function isPicture(result: MediaResult): result is MediaFile {
  return result.kind === 'file' && result.contentType.startsWith('image/');
}

function bare(message: OutgoingMessage): NoticeMessage {
  return { message, release: () => undefined };
}
