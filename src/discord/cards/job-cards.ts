import type { Job } from '../../jobs/job.ts';
import { toMediaSources } from '../../jobs/job-media.ts';
import { toWordlessJob } from '../../jobs/wordless-job.ts';
import { MAX_FILES, MAX_TOTAL_BYTES } from '../../media/limits.ts';
import type { MediaLease, MediaMissing, MediaResult } from '../../media/media-file.ts';
import { type Clock, DONE } from '../../shared/clock.ts';
import type { Answer, ShowProgress } from '../core/answer.ts';
import type { ButtonMarks } from './job-buttons.ts';
import { type CardViewer, type JobCardOptions, toJobCard } from './job-card.ts';
import { lendMedia, type MediaLender } from './lend-media.ts';
import type { ReviewGate } from './review-gate.ts';

/** Returns who pressed which of a job's buttons in a server. */
export interface MarkReader {
  of(guildId: string, ref: string): Promise<ButtonMarks>;
  /** The job without children that belong to other servers. */
  withOwnChildren(guildId: string, job: Job): Promise<Job>;
}

export interface CardRequest {
  readonly job: Job;
  /** The server in which it is shown. */
  readonly guildId: string;
  /** Whether everybody in the channel sees it. */
  readonly isPublic: boolean;
  /** Whether whoever sees it alone may see what is held for review; default no. */
  readonly isReviewer?: boolean;
  /** Leaves out why a member's job was moderated. */
  readonly hidesReason: boolean;
  /** Who sees it alone. */
  readonly viewer?: CardViewer;
  readonly deliveryId?: string;
  /** Who showed it to the channel. */
  readonly sharedBy?: string;
  /** Whether the media are hidden until they are clicked. */
  readonly hasSpoilers?: boolean;
  /** The line of mentions that the message has already; nobody is notified again. */
  readonly above?: string;
  /** Whether the message follows its job to the end. */
  readonly isLive?: boolean;
  readonly notice?: string;
  /** Bytes that one file may have in the place where the card goes. */
  readonly maxFileBytes: number;
  /** Shows the card without media when they take long. */
  readonly showProgress?: ShowProgress;
}

const PROGRESS_AFTER_MS = 1_500;
/** Bytes of files from which on the text goes ahead of them: an uplink may need a minute for more. */
const TEXT_FIRST_BYTES = 1024 * 1024;

/** Makes a job's card together with its media. */
export class JobCards {
  readonly #media: MediaLender;
  readonly #marks: MarkReader;
  readonly #clock: Clock;
  readonly #gate: Pick<ReviewGate, 'conceal'>;

  constructor(media: MediaLender, marks: MarkReader, clock: Clock, gate: Pick<ReviewGate, 'conceal'>) {
    this.#media = media;
    this.#marks = marks;
    this.#clock = clock;
    this.#gate = gate;
  }

  async toAnswer(request: CardRequest): Promise<Answer> {
    const { guildId, isPublic, isReviewer = false, maxFileBytes, showProgress } = request;
    const shown = this.#gate.conceal(request.job, { guildId, isReviewer: isReviewer && !isPublic });
    const job = await this.#marks.withOwnChildren(guildId, shown);
    const options = await this.#toOptions({ ...request, job });
    const wordless = toWordlessJob(job);
    if (toMediaSources(job).length === 0)
      return { message: toJobCard(job, options), withoutWords: () => toJobCard(wordless, options) };
    const limits = { guildId, maxFileBytes, maxFiles: MAX_FILES, maxTotalBytes: MAX_TOTAL_BYTES };
    const leasing = lendMedia(this.#media, job, limits);
    const showText =
      showProgress && (() => showProgress(toJobCard(job, { ...options, isFetching: true })).catch(() => undefined));
    const isShown = showText !== undefined && (await this.#showWhileWaiting(leasing, showText));
    const lease = await leasing;
    if (!isShown && toBytes(lease.results) > TEXT_FIRST_BYTES) await showText?.();
    return {
      message: toJobCard(job, { ...options, media: lease.results }),
      withoutMedia: (reason) =>
        toJobCard(job, { ...options, media: lease.results.map((result) => toMissing(result, reason)) }),
      withoutWords: () => toJobCard(wordless, { ...options, media: lease.results }),
      release: () => lease.release(),
    };
  }

  async #toOptions(request: CardRequest): Promise<JobCardOptions> {
    const { job, guildId, isPublic, hidesReason, notice, deliveryId, sharedBy, hasSpoilers, above, isLive, viewer } =
      request;
    return {
      isPublic,
      hidesReason,
      hasShare: job.concealed === undefined,
      ...(job.concealed === undefined && { marks: await this.#marks.of(guildId, job.ref) }),
      ...(viewer !== undefined && { viewer }),
      ...(notice !== undefined && { notice }),
      ...(deliveryId !== undefined && { deliveryId }),
      ...(sharedBy !== undefined && { sharedBy }),
      ...(hasSpoilers !== undefined && { hasSpoilers }),
      ...(above !== undefined && { above }),
      ...(isLive !== undefined && { isLive }),
    };
  }

  /** Whether the text was shown, because the files take their time. */
  async #showWhileWaiting(leasing: Promise<MediaLease>, showText: () => Promise<void>): Promise<boolean> {
    const timer = new AbortController();
    const late = this.#clock.sleep(PROGRESS_AFTER_MS, timer.signal).then(
      () => true,
      () => false,
    );
    const isLate = await Promise.race([late, leasing.then(() => false)]);
    timer.abort(DONE);
    // What is not taken now is shown with less when it is whole.
    if (isLate) await showText();
    return isLate;
  }
}

function toMissing(result: MediaResult, reason: string): MediaMissing {
  return result.kind === 'missing' ? result : { kind: 'missing', label: result.label, reason };
}

function toBytes(results: readonly MediaResult[]): number {
  return results.reduce((sum, result) => sum + (result.kind === 'file' ? result.size : 0), 0);
}
