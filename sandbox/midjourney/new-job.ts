import { compact } from '../../src/shared/compact.ts';
import { toQuarter } from './buttons.ts';
import { toGuid } from './id-source.ts';
import type { Artwork, ResultKind, SandboxJob, SandboxJobType, SandboxVersion } from './sandbox-job.ts';

/** What a new job is; everything left out has a usual value. */
export interface StartJob {
  /** `v3` by default. */
  readonly version?: SandboxVersion;
  readonly prompt?: string;
  /** `imagine`, or `button` where one is named. */
  readonly verb?: string;
  /** By the prompt's `--video`; `undefined` named on purpose: neither. */
  readonly jobType?: SandboxJobType | undefined;
  /** The first channel by default. */
  readonly apiChannel?: string;
  readonly kind?: ResultKind;
  readonly button?: string | undefined;
  readonly parentJobid?: string | undefined;
  readonly replyUrl?: string | undefined;
  readonly replyRef?: string | undefined;
  readonly mask?: string | undefined;
  readonly maxJobs?: number | undefined;
  readonly streamed?: boolean;
  /** Epoch milliseconds; now by default. */
  readonly createdAt?: number;
  /** True: the job moves only when asked, whatever the speed. */
  readonly isStill?: boolean;
  /** How long it takes to complete at speed 1, milliseconds; by its kind by default. */
  readonly lastsMs?: number;
  /** Takes precedence over everything, for records that are sent as they stand. */
  readonly overrides?: Partial<SandboxJob>;
}

/** What the world gives to a new job. */
export interface JobGifts {
  readonly jobid: string;
  readonly messageId: string;
  readonly apiChannel: string;
  readonly jobType: SandboxJobType | undefined;
  readonly createdAt: number;
  /** Of the channel. */
  readonly maxJobs: number;
  readonly parent: SandboxJob | undefined;
}

/** The job type that a wanted leads to. */
export function toJobType(wanted: StartJob): SandboxJobType | undefined {
  if ('jobType' in wanted) return wanted.jobType;
  return /\s--video\b/.test(wanted.prompt ?? '') ? 'video' : 'image';
}

/** A job in its first state: v2 answers a submit when Midjourney has taken it (`started`), v3 at once (`created`). */
export function newJob(wanted: StartJob, gifts: JobGifts): SandboxJob {
  const version = wanted.version ?? 'v3';
  return {
    ...pickPassedOn(wanted),
    ...compact({ jobType: gifts.jobType }),
    jobid: gifts.jobid,
    version,
    apiChannel: gifts.apiChannel,
    verb: wanted.verb ?? (wanted.button === undefined ? 'imagine' : 'button'),
    kind: wanted.kind ?? (gifts.jobType === 'video' ? 'video-grid' : 'grid'),
    status: version === 'v2' ? 'started' : 'created',
    createdAt: gifts.createdAt,
    updatedAt: gifts.createdAt,
    messageId: gifts.messageId,
    guid: toGuid(gifts.jobid),
    art: toArt(wanted, gifts),
    children: [],
    maxJobs: wanted.maxJobs ?? gifts.maxJobs,
    expired: false,
    stuck: false,
    ...wanted.overrides,
  };
}

/** An upscale shows its quarter of the parent's grid, anything else a picture of its own. */
function toArt(wanted: StartJob, { parent, jobid }: JobGifts): Artwork {
  if (parent === undefined || wanted.button === undefined) return { seed: wanted.prompt ?? wanted.verb ?? '' };
  const quarter = toQuarter(wanted.button);
  if (wanted.button.startsWith('U') && quarter !== undefined) return { seed: parent.art.seed, index: quarter };
  return wanted.kind?.endsWith('large-upscale') ? parent.art : { seed: jobid };
}

function pickPassedOn(wanted: StartJob) {
  const { prompt, button, parentJobid, replyUrl, replyRef, mask, streamed } = wanted;
  return compact({ prompt, button, parentJobid, replyUrl, replyRef, mask, streamed });
}
