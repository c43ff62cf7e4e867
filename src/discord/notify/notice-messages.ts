import { isOver, type Job } from '../../jobs/job.ts';
import { toJobEvent } from '../../jobs/job-events.ts';
import { toMediaSources } from '../../jobs/job-media.ts';
import { toPublicJob } from '../../jobs/public-job.ts';
import { MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES } from '../../media/limits.ts';
import type { MediaResult } from '../../media/media-file.ts';
import type { Level, Notice, PrepareOptions } from '../../notifications/delivery/channel-poster.ts';
import { type JobCardOptions, toJobCard } from '../cards/job-card.ts';
import type { MarkReader, MediaLender } from '../cards/job-cards.ts';
import { toUploadReasonOf } from '../core/discord-errors.ts';
import type { MessageMaker, NoticeMessage } from '../core/message-maker.ts';
import type { OutgoingMessage } from '../core/outgoing.ts';
import { toForumTitle } from './forum-title.ts';
import { toEndingNotice, toMentions, toTextNotice } from './job-notices.ts';
import { toSummaryCard } from './summary-card.ts';

/** `answerCode`: what Discord said to its media. */
type PublicCard = JobCardOptions & { readonly guildId?: string; readonly answerCode: number };
type MediaChoice = 'full' | 'spoiler' | 'none';

const LOST_CONTACT = 'Nothing has been heard of this job for too long. Check asks the API.';
const SAMPLE = 'A test of a rule: this is how its posts look.';

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
        return this.#makeCard(job, { deliveryId, answerCode, ...place }, isOver(job) ? 'full' : 'none', level);
      return bare(toTextNotice(job, job.goneAt === undefined ? toJobEvent(job) : 'expired', { deliveryId }));
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
    if (notice.kind === 'ending') return bare(toEndingNotice(job, event, options));
    const remarks = [notice.isSample === true && SAMPLE, event === 'lost-contact' && LOST_CONTACT].filter(Boolean);
    const remark = remarks.length > 0 ? { notice: remarks.join(' ') } : {};
    return this.#makeCard(job, { ...options, ...remark }, notice.media, level);
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
    const limits = { maxFileBytes: MAX_FILE_BYTES, maxFiles: MAX_FILES, maxTotalBytes: MAX_TOTAL_BYTES };
    const lease = await this.#media.lease({ ref: job.ref, sources, ...limits });
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

function bare(message: OutgoingMessage): NoticeMessage {
  return { message, release: () => undefined };
}
