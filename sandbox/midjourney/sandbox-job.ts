import { compact } from '../../src/shared/compact.ts';

export type SandboxVersion = 'v2' | 'v3';
export type SandboxJobType = 'image' | 'video';
export type SandboxStatus = 'created' | 'started' | 'progress' | 'completed' | 'moderated' | 'failed' | 'cancelled';

/** What a job's message shows, which decides its pictures and buttons. */
export type ResultKind =
  | 'grid'
  | 'upscale'
  | 'large-upscale'
  | 'old-upscale'
  | 'old-large-upscale'
  | 'video-grid'
  | 'video'
  | 'describe'
  | 'text'
  | 'seed';

export interface SandboxChild {
  readonly button: string;
  readonly jobid: string;
  readonly messageId: string;
}

/** Which picture a job shows: jobs with the same `seed` and `index` show the same one. */
export interface Artwork {
  readonly seed: string;
  /** The quarter of the grid that an upscale shows, 1 to 4. */
  readonly index?: number;
}

/**
 * One job of the stand-in, the same for both versions; the wire shapes are made from it. Times are epoch milliseconds.
 */
export interface SandboxJob {
  readonly jobid: string;
  readonly version: SandboxVersion;
  readonly apiChannel: string;
  readonly verb: string;
  readonly jobType?: SandboxJobType;
  readonly kind: ResultKind;
  readonly status: SandboxStatus;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly prompt?: string;
  readonly button?: string;
  readonly parentJobid?: string;
  /** 0 to 100 while `progress`. */
  readonly progressPercent?: number;
  readonly error?: string;
  readonly errorDetails?: string;
  readonly messageId: string;
  readonly guid: string;
  readonly art: Artwork;
  readonly children: readonly SandboxChild[];
  readonly maxJobs: number;
  readonly replyUrl?: string;
  readonly replyRef?: string;
  readonly mask?: string;
  readonly describeUrl?: string;
  readonly blendUrls?: readonly string[];
  readonly blendDimensions?: 'Portrait' | 'Square' | 'Landscape';
  readonly streamed?: boolean;
  /** Text of `describe` and `info`, for `embeds[].description`. */
  readonly text?: string;
  readonly seedValue?: number;
  /** Forgotten by the API: reads answer 410. */
  readonly expired: boolean;
  /** Moves no further by itself and keeps its slot. */
  readonly stuck: boolean;
  /** A record that is answered as it stands. */
  readonly verbatim?: Readonly<Record<string, unknown>>;
  /** A list item's `elapsed` that is answered as it stands. */
  readonly verbatimElapsed?: string;
}

/** One step of a job's life. */
export type JobChange =
  | { readonly to: 'started' }
  | { readonly to: 'progress'; readonly percent: number }
  | { readonly to: 'completed' }
  | { readonly to: 'moderated'; readonly details?: string }
  | { readonly to: 'failed'; readonly error?: string; readonly errorDetails?: string }
  | { readonly to: 'cancelled' }
  | { readonly to: 'stuck' }
  | { readonly to: 'expired' };

const MODERATED_DETAILS =
  'Sorry! Our AI moderator thinks this prompt is probably against our community standards. Please review our current community standards.';

export function isRunning(job: SandboxJob): boolean {
  return !job.expired && (job.status === 'created' || job.status === 'started' || job.status === 'progress');
}

/** Whether `change` may follow the job's state: nothing follows a final state but being forgotten. */
export function canChange(job: SandboxJob, change: JobChange): boolean {
  return change.to === 'expired' ? !job.expired : isRunning(job);
}

/** The job after `change`; `messageId` is the id of the message that replaces the old one when the job completes. */
export function changeJob(job: SandboxJob, change: JobChange, now: number, messageId: string): SandboxJob {
  const { progressPercent: _, ...rest } = job;
  const base = { ...rest, updatedAt: now };
  switch (change.to) {
    case 'started':
      return { ...base, status: 'started' };
    case 'progress':
      return { ...base, status: 'progress', progressPercent: change.percent };
    case 'completed':
      return { ...base, status: 'completed', messageId };
    case 'moderated':
      return {
        ...base,
        status: 'moderated',
        error: 'Invalid request',
        errorDetails: change.details ?? MODERATED_DETAILS,
      };
    case 'failed':
      return {
        ...base,
        status: 'failed',
        error: change.error ?? 'Job failed',
        ...compact({ errorDetails: change.errorDetails }),
      };
    case 'cancelled':
      return cancelled(base, job.version);
    case 'stuck':
      return { ...job, stuck: true };
    case 'expired':
      return { ...job, expired: true, updatedAt: now };
  }
}

function cancelled(base: SandboxJob, version: SandboxVersion): SandboxJob {
  if (version === 'v2') return { ...base, status: 'cancelled' };
  return { ...base, status: 'failed', error: 'Job cancelled by user' };
}
